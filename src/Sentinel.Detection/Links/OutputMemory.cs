using System.Runtime.InteropServices;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// To whom the model gave which texts, by the bands of their sketches, in two generations of at most
/// <see cref="GenerationMax"/> bands each. A text that two accounts were given, or that came back
/// <see cref="ReturnsMax"/> times, is common: boilerplate, licences, answers to questions that everybody asks. Owned by
/// the lane's thread.
/// </summary>
/// <remarks>
/// 8 bytes a band at a load of at most three quarters: 32 bits of its key, how often it came back, and 29 bits of the
/// output. So 50 million outputs of 21 bands are 1,050 million bands: 10.4 GiB a generation, and 24 bytes an output. The
/// memory is taken with the first output. A band that nobody was given meets another by chance with a probability of
/// 2^-32 for each of the 16 slots where it could be: 4 in 10^9, and an output needs several.
/// </remarks>
internal sealed class OutputMemory
{
    /// <summary>Times that a text comes back before it counts as common.</summary>
    public const int ReturnsMax = 4;

    private const int Common = 7;
    private const ulong StateMask = 7;
    private OutputBandTable? _young;
    private OutputBandTable? _old;
    private int _count;

    /// <summary>A memory of at most twice <paramref name="generationMax"/> bands.</summary>
    public OutputMemory(int generationMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generationMax, 1 << 10);
        GenerationMax = generationMax;
    }

    /// <summary>Changes in one generation.</summary>
    public int GenerationMax { get; }

    /// <summary>What changed, in order: bands whose lowest three bits are their new state, and the output.</summary>
    public GenerationLog<(ulong Band, GivenOutput Output)> Log { get; } = new();

    /// <summary>A text with this band was given out.</summary>
    public void Issue(ulong band, GivenOutput output)
    {
        var isKnown = TryFind(band, out var known, out var state, out var isYoung);
        if (!isKnown)
        {
            Put(band, output, 0);
        }
        else if (known.Account != output.Account && state != Common)
        {
            Put(band, known, Common);
        }
        else if (!isYoung)
        {
            Put(band, known, state);
        }
    }

    /// <summary>
    /// The output with this band, which now came back from another account than was given it; false where there is none,
    /// or it is common, or it is that account's own.
    /// </summary>
    public bool TryReturn(ulong band, ulong account, out GivenOutput output)
    {
        if (!TryFind(band, out output, out var state, out _) || state == Common || output.Account == account)
        {
            return false;
        }

        Put(band, output, state + 1 < ReturnsMax ? state + 1 : Common);
        return true;
    }

    /// <summary>Does again what <see cref="Log"/> holds.</summary>
    public void Redo((ulong Band, GivenOutput Output) item) =>
        Put(item.Band & ~StateMask, item.Output, (int)(item.Band & StateMask));

    private bool TryFind(ulong band, out GivenOutput output, out int state, out bool isYoung)
    {
        band &= ~StateMask;
        (output, state) = (default, 0);
        isYoung = _young is not null && _young.TryFind(band, out output, out state);
        return isYoung || (_old is not null && _old.TryFind(band, out output, out state));
    }

    private void Put(ulong band, GivenOutput output, int state)
    {
        band &= ~StateMask;
        _young ??= new OutputBandTable(GenerationMax);
        _young.Put(band, output, state);
        Log.Add((band | (uint)state, output));
        if (++_count == GenerationMax)
        {
            var next = _old ?? new OutputBandTable(GenerationMax);
            next.Clear();
            (_old, _young, _count) = (_young, next, 0);
        }
    }
}

/// <summary>An output: whose it is, and a key of the exchange that gave it.</summary>
internal readonly record struct GivenOutput(ulong Account, ulong Key);

/// <summary>
/// One generation of <see cref="OutputMemory"/>: buckets of eight slots, one line of the cache each. In a full bucket the
/// oldest slot makes room.
/// </summary>
internal sealed class OutputBandTable
{
    private const int BucketSlots = 8;
    private const int StateShift = 29;
    private const uint OutputMask = (1u << StateShift) - 1;

    private readonly List<GivenOutput> _outputs = [];
    private readonly Dictionary<GivenOutput, int> _indexOf = [];
    private readonly ulong[] _slots;
    private readonly ulong _bucketCount;

    /// <summary>A table for so many bands at a load of three quarters.</summary>
    public OutputBandTable(int bandsMax)
    {
        _bucketCount = (((ulong)bandsMax * 4 / 3) + BucketSlots - 1) / BucketSlots;
        _slots = new ulong[_bucketCount * BucketSlots];
    }

    public bool TryFind(ulong band, out GivenOutput output, out int state)
    {
        foreach (var slot in BucketOf(band))
        {
            if (slot >> 32 == TagOf(band) && (slot & OutputMask) != 0)
            {
                output = _outputs[(int)(slot & OutputMask) - 1];
                state = (int)((uint)slot >> StateShift);
                return true;
            }
        }

        (output, state) = (default, 0);
        return false;
    }

    public void Put(ulong band, GivenOutput output, int state)
    {
        var bucket = BucketOf(band);
        var place = 0;
        while (place < BucketSlots - 1
            && bucket[place] != 0 && (bucket[place] >> 32 != TagOf(band)))
        {
            place++;
        }

        // What stands before moves up by one: the newest is first, and the oldest of a full bucket is gone.
        bucket[..place].CopyTo(bucket[1..]);
        bucket[0] = (TagOf(band) << 32) | ((ulong)state << StateShift) | (uint)(IndexOf(output) + 1);
    }

    public void Clear()
    {
        _outputs.Clear();
        _indexOf.Clear();
        Array.Clear(_slots);
    }

    private static ulong TagOf(ulong band) => (uint)(band >> 3);

    private int IndexOf(GivenOutput output)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexOf, output, out var isKnown);
        if (!isKnown)
        {
            index = _outputs.Count;
            _outputs.Add(output);
        }

        return index;
    }

    // The tag is made of low bits, and the high ones chose the lane: mixed, they choose the bucket.
    private Span<ulong> BucketOf(ulong band)
    {
        var bucket = (int)Math.BigMul(KeyHash.Mix(band), _bucketCount, out _);
        return _slots.AsSpan(bucket * BucketSlots, BucketSlots);
    }
}
