// A bounded queue of many writers after Dmitry Vyukov: each slot has a number that says whose turn it is. A writer that
// finds no room goes away at once; nobody ever waits for anybody.
using Sentinel.Api.Gateways;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions.Log;

/// <summary>Decisions on their way to the log. Any writers, one reader; takes no lock and allocates nothing.</summary>
internal sealed class DecisionRing
{
    private const int AccountCharsMax = AccountIdText.CharsMax * 2;

    private readonly Slot[] _slots;
    private readonly char[] _accounts;
    private readonly long _mask;
    private long _written;
    private long _read;
    private bool _isHeld; // What was read last; its slot is free with the next call.

    /// <param name="entriesMax">A power of two.</param>
    public DecisionRing(int entriesMax)
    {
        _slots = new Slot[entriesMax];
        _accounts = new char[entriesMax * AccountCharsMax];
        _mask = entriesMax - 1;
        for (var i = 0; i < entriesMax; i++)
        {
            _slots[i].Turn = i;
        }
    }

    /// <summary>Takes an entry in; false where there is no room.</summary>
    public bool TryWrite(in RingEntry entry, ReadOnlySpan<char> account)
    {
        var at = Volatile.Read(ref _written);
        while (true)
        {
            ref var slot = ref _slots[at & _mask];
            var turn = Volatile.Read(ref slot.Turn);
            if (turn < at)
            {
                return false; // Still holds what was written a round ago.
            }

            var seen = turn == at ? Interlocked.CompareExchange(ref _written, at + 1, at) : Volatile.Read(ref _written);
            if (turn == at && seen == at)
            {
                slot.Entry = entry with { AccountLength = Math.Min(account.Length, AccountCharsMax) };
                account[..slot.Entry.AccountLength].CopyTo(RoomOf(at));
                Volatile.Write(ref slot.Turn, at + 1);
                return true;
            }

            at = seen;
        }
    }

    /// <summary>Takes the oldest entry out; false where there is none. The account is valid until the next call.</summary>
    public bool TryRead(out RingEntry entry, out ReadOnlySpan<char> account)
    {
        if (_isHeld)
        {
            Volatile.Write(ref _slots[_read & _mask].Turn, _read + _slots.Length);
            _read++;
            _isHeld = false;
        }

        ref var slot = ref _slots[_read & _mask];
        _isHeld = Volatile.Read(ref slot.Turn) == _read + 1;
        entry = _isHeld ? slot.Entry : default;
        account = RoomOf(_read)[..entry.AccountLength];
        return _isHeld;
    }

    private Span<char> RoomOf(long at) => _accounts.AsSpan((int)(at & _mask) * AccountCharsMax, AccountCharsMax);

    private struct Slot
    {
        public long Turn;
        public RingEntry Entry;
    }
}

/// <summary>A decision in the ring.</summary>
/// <param name="At">When.</param>
/// <param name="Gateway">Who asked.</param>
/// <param name="Action">What it was told to do.</param>
/// <param name="Reason">Code of the reason.</param>
/// <param name="DecisionId">What the answer followed from.</param>
/// <param name="IsStale">Whether the board lagged.</param>
/// <param name="Share">Share of such answers that is kept.</param>
internal readonly record struct RingEntry(
    DateTimeOffset At, GatewayKind Gateway, DecisionAction Action, string Reason, string DecisionId, bool IsStale,
    double Share)
{
    /// <summary>Characters of the account.</summary>
    public int AccountLength { get; init; }
}
