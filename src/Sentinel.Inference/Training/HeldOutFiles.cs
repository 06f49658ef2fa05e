using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Inference.Training;

/// <summary>
/// What both tiers said of the measured prompts when their groups were left out: logits, a row a prompt, in the order
/// of <see cref="SecondTierFiles.Measured"/>.
/// </summary>
internal static class HeldOutFiles
{
    /// <summary>Name of the second tier's, in a model folder.</summary>
    public const string SecondFile = "held_out.f16";

    private const string FirstFile = "first.f32";

    /// <summary>The calibrated logits of the first tier: those kept in the working folder, else computed and kept.</summary>
    public static float[]?[] First(
        string? work, TrainingSet set, TrainingOptions options, Action foldDone, CancellationToken cancel)
    {
        var path = work is null ? null : Path.Combine(work, FirstFile);
        if (path is not null && File.Exists(path)
            && Rows(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path))) is { } kept && kept.Length == Count(set))
        {
            return kept;
        }

        var folds = CrossValidation.AssignFolds(set.Families, options.FoldCount, options.Seed);
        var scores = CrossValidation.Run(set.Families, set.Families, folds, options, foldDone, cancel);
        var calibration = Calibration.Fit(scores, Balance.Of(scores));
        var byPrompt = scores.ToDictionary(
            static score => score.Prompt,
            score => RatedPrompt.Of(score, calibration).Logits,
            (IEqualityComparer<TrainingPrompt>)ReferenceEqualityComparer.Instance);
        var rows = SecondTierFiles.Measured(set).Select(item => byPrompt[item.Prompt]).ToArray();
        if (path is not null)
        {
            File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>([.. rows.SelectMany(static row => row)]));
        }

        return rows;
    }

    /// <summary>
    /// The logits of the second tier, as its trainer wrote them fold by fold; null for prompts of folds that it has not
    /// been through.
    /// </summary>
    /// <exception cref="InvalidDataException">It has not been through half of them: too few to learn a stack on.</exception>
    public static float[]?[] Second(string work, TrainingSet set)
    {
        var places = new Dictionary<int, int>();
        var number = 0;
        foreach (var family in set.Families)
        {
            foreach (var template in family.Templates)
            {
                for (var i = 0; i < template.Prompts.Count; i++, number++)
                {
                    if (SecondTierFiles.IsMeasured(family, i))
                    {
                        places.Add(number, places.Count);
                    }
                }
            }
        }

        var rows = new float[]?[places.Count];
        const int Columns = 1 + NetworkOptions.OutputCount;
        foreach (var file in Directory.GetFiles(work, "held_out.*.f32"))
        {
            var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file));
            for (var at = 0; at + Columns <= values.Length; at += Columns)
            {
                if (places.TryGetValue((int)values[at], out var place))
                {
                    rows[place] = values.Slice(at + 1, NetworkOptions.OutputCount).ToArray();
                }
            }
        }

        var missing = rows.Count(static row => row is null);
        return missing <= places.Count * 0.6 ? rows : throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{missing} of {rows.Length} prompts have no score: run second_tier.py {work} folds to its end."));
    }

    /// <summary>Keeps the second tier's beside its model: in half precision, after a key of the prompts they are of.</summary>
    public static void Keep(string folder, TrainingSet set, float[]?[] rows)
    {
        // What was not measured is not a number.
        var missing = Enumerable.Repeat(float.NaN, NetworkOptions.OutputCount).ToArray();
        using var file = File.Create(Path.Combine(folder, SecondFile));
        file.Write(BitConverter.GetBytes(KeyOf(set)));
        file.Write(MemoryMarshal.AsBytes<Half>(
            [.. rows.SelectMany(row => row ?? missing).Select(static cell => (Half)cell)]));
    }

    /// <summary>Those kept beside a model; null where there are none or they are of other prompts.</summary>
    public static float[]?[]? Kept(string folder, TrainingSet set)
    {
        var path = Path.Combine(folder, SecondFile);
        if (!File.Exists(path) || File.ReadAllBytes(path) is not { Length: > sizeof(ulong) } bytes
            || BitConverter.ToUInt64(bytes) != KeyOf(set))
        {
            return null;
        }

        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(sizeof(ulong)));
        var values = new float[halves.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
        }

        return Rows(values) is { } rows && rows.Length == Count(set)
            ? [.. rows.Select(static row => float.IsNaN(row[0]) ? null : row)]
            : null;
    }

    private static int Count(TrainingSet set) => SecondTierFiles.Measured(set).Count();

    private static float[][]? Rows(ReadOnlySpan<float> values)
    {
        if (values.Length % NetworkOptions.OutputCount != 0)
        {
            return null;
        }

        var rows = new float[values.Length / NetworkOptions.OutputCount][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = values.Slice(row * NetworkOptions.OutputCount, NetworkOptions.OutputCount).ToArray();
        }

        return rows;
    }

    // The prompts as the classifiers see them, in their order: another bank or other corpora have another key.
    private static ulong KeyOf(TrainingSet set)
    {
        var key = 1UL;
        foreach (var (family, prompt) in SecondTierFiles.Measured(set))
        {
            key = KeyHash.Combine(key, KeyHash.Of(family.Name));
            foreach (var feature in prompt.Features)
            {
                key = KeyHash.Mix(key + (ulong)feature);
            }
        }

        return key;
    }
}
