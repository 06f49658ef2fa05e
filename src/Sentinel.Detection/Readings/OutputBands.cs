using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Keys of a sketch by which alike texts meet: 21 bands of three minima each (Indyk and Motwani, "Approximate nearest
/// neighbors", STOC 1998; bands as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4). Two
/// texts with a Jaccard similarity of J share a band with a probability of J^3, so 21 at J = 1, 4.5 at 0.6 and 0.6 at 0.3.
/// </summary>
public static class OutputBands
{
    /// <summary>Bands of a sketch.</summary>
    public const int Count = 21;

    /// <summary>Shingles that a text must have: a shorter one is said by many and says nothing of where it is from.</summary>
    public const int ShinglesMin = 12;

    private const int Rows = 3;

    // An output that is so much its own prompt was not made up by the model: it copied, corrected or quoted.
    private const int EchoCells = Exchange.SketchLength / 4;

    /// <summary>Computes the keys of a sketch.</summary>
    /// <param name="sketch">The 64 minima.</param>
    /// <param name="keys">Gets <see cref="Count"/> keys, none of them 0.</param>
    public static void Fill(ReadOnlySpan<uint> sketch, Span<ulong> keys)
    {
        for (var band = 0; band < Count; band++)
        {
            var cells = sketch.Slice(band * Rows, Rows);
            var first = ((ulong)cells[0] << 32) | cells[1];
            keys[band] = KeyHash.Combine(first, ((ulong)cells[2] << 32) | (uint)band);
        }
    }

    /// <summary>
    /// Whether the text has about <see cref="ShinglesMin"/> different shingles. Of n shingles the mean minimum is
    /// 1/(n + 1) of the range, so the sketch itself tells, within an eighth.
    /// </summary>
    public static bool IsLongEnough(ReadOnlySpan<uint> sketch)
    {
        var sum = 0.0;
        foreach (var minimum in sketch)
        {
            sum += minimum;
        }

        return sum / (Exchange.SketchLength * 4294967296.0) <= 1.0 / (ShinglesMin + 1);
    }

    /// <summary>Whether an output repeats its own prompt, by a quarter or more.</summary>
    public static bool IsEcho(ReadOnlySpan<uint> output, ReadOnlySpan<uint> prompt)
    {
        var equal = 0;
        for (var cell = 0; cell < Exchange.SketchLength; cell++)
        {
            equal += output[cell] == prompt[cell] ? 1 : 0;
        }

        return equal >= EchoCells;
    }
}
