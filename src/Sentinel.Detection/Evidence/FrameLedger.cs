using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Evidence;

/// <summary>One context of an account: a frame, or all prompts without one.</summary>
internal struct FrameSlot
{
    public ulong SystemAnchor;
    public ulong HeadAnchor;
    public ulong TailAnchor;
    public int Count;
    public float EvidenceSum;

    /// <summary>The anchor that names the frame: system, else head, else tail; 0 for prompts without one.</summary>
    public readonly ulong Anchor =>
        SystemAnchor != 0 ? SystemAnchor : HeadAnchor != 0 ? HeadAnchor : TailAnchor;

    public readonly bool Matches(in FrameSketch frame) =>
        (SystemAnchor != 0 && SystemAnchor == frame.SystemAnchor)
        || (HeadAnchor != 0 && HeadAnchor == frame.HeadAnchor)
        || (TailAnchor != 0 && TailAnchor == frame.TailAnchor);
}

/// <summary>
/// What an account's exchanges add up to, context by context, in 17 slots: slot 0 for prompts without a frame, 16 for
/// frames. When all are taken the weakest frame is folded into slot 0. A mutable value inside the account's state;
/// owned by the lane.
/// </summary>
/// <remarks>
/// The frames that stay are the strongest of all that there were, which would be evidence by selection alone: an innocent
/// account that sends thousands of frames would be convicted by its sixteen oddest. So what folded frames put into the bets is
/// added up and held against it where it speaks for the account. It is never held against the account where it speaks
/// against it, since a frame may be folded, come back and be folded again.
/// </remarks>
internal struct FrameLedger
{
    /// <summary>Frames remembered.</summary>
    public const int FramesMax = 16;

    private const int SlotCount = FramesMax + 1;
    private const int BetCount = ContentEvidence.BetCount;
    private Slots _slots;
    private Bets _folded;
    private int _used;

    /// <summary>Slot 0 and the frames in use.</summary>
    [UnscopedRef]
    public ReadOnlySpan<FrameSlot> InUse => ((ReadOnlySpan<FrameSlot>)_slots)[..(_used + 1)];

    /// <summary>Books one exchange's evidence (nats) to its context.</summary>
    public void Add(in FrameSketch frame, float evidence)
    {
        ref var slot = ref _slots[0];
        if ((frame.SystemAnchor | frame.HeadAnchor | frame.TailAnchor) != 0)
        {
            slot = ref SlotFor(frame);
        }

        slot.Count++;
        slot.EvidenceSum += evidence;
    }

    /// <summary>What folded frames put into each bet, nats.</summary>
    [UnscopedRef]
    public ReadOnlySpan<float> Folded => _folded;

    /// <summary>Takes over what <see cref="InUse"/> and <see cref="Folded"/> gave.</summary>
    public void Restore(ReadOnlySpan<FrameSlot> slots, ReadOnlySpan<float> folded)
    {
        folded.CopyTo(_folded);
        _slots = default;
        slots.CopyTo(_slots);
        _used = slots.Length - 1;
    }

    /// <summary>Evidence of all contexts together, nats (<see cref="ContentEvidence.Combine"/>).</summary>
    public readonly double Total()
    {
        Span<double> sums = stackalloc double[BetCount];
        Span<double> bets = stackalloc double[BetCount];
        for (var bet = 0; bet < BetCount; bet++)
        {
            sums[bet] = Math.Min(0, _folded[bet]);
        }

        for (var i = 0; i <= _used; i++)
        {
            ContentEvidence.Bet(ContentEvidence.OfContext(_slots[i].EvidenceSum, _slots[i].Count), bets);
            for (var bet = 0; bet < BetCount; bet++)
            {
                sums[bet] += bets[bet];
            }
        }

        return ContentEvidence.OfBets(sums);
    }

    [UnscopedRef]
    private ref FrameSlot SlotFor(in FrameSketch frame)
    {
        for (var i = 1; i <= _used; i++)
        {
            if (_slots[i].Matches(frame))
            {
                return ref _slots[i];
            }
        }

        var free = _used < FramesMax ? ++_used : FoldWeakest();
        _slots[free] = new FrameSlot
        {
            SystemAnchor = frame.SystemAnchor, HeadAnchor = frame.HeadAnchor, TailAnchor = frame.TailAnchor,
        };
        return ref _slots[free];
    }

    // The weakest frame says least either way: folding it loses least.
    private int FoldWeakest()
    {
        var weakest = 1;
        for (var i = 2; i <= FramesMax; i++)
        {
            if (Math.Abs(_slots[i].EvidenceSum) < Math.Abs(_slots[weakest].EvidenceSum))
            {
                weakest = i;
            }
        }

        Span<double> bets = stackalloc double[BetCount];
        ContentEvidence.Bet(ContentEvidence.OfContext(_slots[weakest].EvidenceSum, _slots[weakest].Count), bets);
        for (var bet = 0; bet < BetCount; bet++)
        {
            _folded[bet] += (float)bets[bet];
        }

        _slots[0].Count += _slots[weakest].Count;
        _slots[0].EvidenceSum += _slots[weakest].EvidenceSum;
        return weakest;
    }

    [InlineArray(BetCount)]
    private struct Bets
    {
        private float _first;
    }

    [InlineArray(SlotCount)]
    private struct Slots
    {
        private FrameSlot _first;
    }
}
