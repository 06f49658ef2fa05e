// Rulings are made by people and there are few of most kinds: which kinds, and which lengths of address blocks, there ever
// were is kept beside the table, so that most requests look up nothing but their account.
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sentinel.Api.Decisions;

/// <summary>The rulings that stand, by key. Reading is lock-free and allocates nothing but an address; publishing is
/// serialised.</summary>
public sealed class RulingBoard
{
    /// <summary>Most rulings held; further keys are refused and counted.</summary>
    public const int RulingsMax = 1_000_000;

    private const int KeyBytesMax = 1 + (AccountIdText.CharsMax * 4);

    private readonly Lock _publishing = new();
    private readonly LayeredTable<Ruling?> _table;
    private readonly TableBatch<Ruling?> _batch = new();
    private readonly bool[] _hasV4 = new bool[AddressBlock.PrefixMax + 1];
    private readonly bool[] _hasV6 = new bool[AddressBlock.PrefixMax + 1];
    private volatile int _kinds;
    private int _count;
    private long _refusedCount;

    /// <summary>No rulings, under a hash that nobody knows.</summary>
    public RulingBoard()
        : this(KeyedHash.Draw())
    {
    }

    /// <summary>No rulings.</summary>
    public RulingBoard(KeyedHash hash) => _table = new LayeredTable<Ruling?>(hash, static ruling => ruling is null);

    /// <summary>Rulings held, also those that have expired.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Rulings that found no room.</summary>
    public long RefusedCount => Interlocked.Read(ref _refusedCount);

    /// <summary>Whether there ever were rulings on keys of a kind.</summary>
    public bool Has(KeyKind kind) => (_kinds & (1 << (int)kind)) != 0;

    /// <summary>
    /// The ruling in force on a key, if there is one. Of an address the most specific block counts; what can be no key has
    /// none.
    /// </summary>
    public bool TryFind(
        KeyKind kind, ReadOnlySpan<char> text, DateTimeOffset now, [NotNullWhen(true)] out Ruling? ruling)
    {
        ruling = null;
        if (!Has(kind) || text.IsEmpty)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[KeyBytesMax];
        if (kind == KeyKind.AddressBlock)
        {
            return AddressBlock.TryParse(text, out var address) && TryFind(address, key, now, out ruling);
        }

        key[0] = (byte)kind;
        return Encoding.UTF8.TryGetBytes(text, key[1..], out var length)
            && TryFind(key[..(length + 1)], now, out ruling);
    }

    /// <summary>Puts rulings in force and withdraws others, all at once; null withdraws.</summary>
    public void Publish(IReadOnlyCollection<KeyValuePair<RulingKey, Ruling?>> rulings)
    {
        ArgumentNullException.ThrowIfNull(rulings);
        lock (_publishing)
        {
            _batch.Clear();
            foreach (var (key, ruling) in rulings)
            {
                TakeLocked(key, ruling);
            }

            if (_batch.Count > 0)
            {
                _table.Publish(_batch);
            }
        }
    }

    private bool TryFind(AddressBlock address, Span<byte> key, DateTimeOffset now, out Ruling? ruling)
    {
        key[0] = (byte)KeyKind.AddressBlock;
        var has = address.IsV4 ? _hasV4 : _hasV6;
        ruling = null;
        for (var prefix = address.Prefix; prefix >= 0; prefix--)
        {
            if (has[prefix] && TryFind(key[..(1 + address.Widened(prefix).Write(key[1..]))], now, out ruling))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFind(ReadOnlySpan<byte> key, DateTimeOffset now, [NotNullWhen(true)] out Ruling? ruling)
    {
        if (_table.TryFind(_table.HashOf(key), key, out ruling) && ruling?.IsInForce(now) == true)
        {
            return true;
        }

        ruling = null;
        return false;
    }

    private void TakeLocked(RulingKey key, Ruling? ruling)
    {
        Span<byte> bytes = stackalloc byte[KeyBytesMax];
        bytes[0] = (byte)key.Kind;
        AddressBlock block = default;
        var isKey = key.Kind == KeyKind.AddressBlock
            ? AddressBlock.TryParse(key.Text, out block)
            : key.IsValid;
        if (!isKey)
        {
            return; // No request can name it.
        }

        var length = key.Kind == KeyKind.AddressBlock
            ? block.Write(bytes[1..])
            : Encoding.UTF8.GetBytes(key.Text, bytes[1..]);
        bytes = bytes[..(length + 1)];
        var hash = _table.HashOf(bytes);
        var isKnown = (_batch.TryFind(hash, bytes, out var known) || _table.TryFind(hash, bytes, out known))
            && known is not null;
        if (!isKnown && ruling is not null && _count >= RulingsMax)
        {
            Interlocked.Increment(ref _refusedCount);
            return;
        }

        if (isKnown || ruling is not null)
        {
            Volatile.Write(ref _count, _count + (ruling is null ? 0 : 1) - (isKnown ? 1 : 0));
            Show(key.Kind, block);
            _batch.Set(hash, bytes, ruling);
        }
    }

    // Before the ruling itself is there: one look-up too many finds nothing.
    private void Show(KeyKind kind, AddressBlock block)
    {
        if (kind == KeyKind.AddressBlock)
        {
            (block.IsV4 ? _hasV4 : _hasV6)[block.Prefix] = true;
        }

        _kinds |= 1 << (int)kind;
    }
}
