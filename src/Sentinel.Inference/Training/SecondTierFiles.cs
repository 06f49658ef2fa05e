using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>What the files of a second tier's training are of; for the trainer, which is no part of this program.</summary>
/// <param name="PieceCount">Pieces of the vocabulary, special ones among them.</param>
/// <param name="SenseCount">Senses, none among them.</param>
/// <param name="ConceptCount">Concepts, none among them.</param>
/// <param name="LengthMax">Most pieces of a prompt.</param>
/// <param name="LabelCount">Labels: harvest, then the kinds.</param>
/// <param name="FoldCount">Folds.</param>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Languages">Languages, by their number.</param>
internal sealed record SecondTierPlan(
    int PieceCount,
    int SenseCount,
    int ConceptCount,
    int LengthMax,
    int LabelCount,
    int FoldCount,
    int Seed,
    IReadOnlyList<string> Languages);

/// <summary>
/// The folder that training of a second tier goes through: <c>plan.json</c>, <c>vocabulary.txt</c>,
/// <c>prompts.i32</c> (a row of <see cref="PromptColumns"/> a prompt) and <c>pieces.u16</c> (piece, sense, concept and
/// whether it is a slot, a place after another). Little-endian. It holds no text, but numbers that stand for words: it
/// is not to be kept.
/// </summary>
internal static class SecondTierFiles
{
    /// <summary>Columns of a prompt: start, length, family, template, fold, kinds, authored, dual use, language, measured.</summary>
    public const int PromptColumns = 10;

    /// <summary>Name of the vocabulary's file, in the folder and beside the model.</summary>
    public const string VocabularyFile = "vocabulary.txt";

    // A piece that fewer of a template's prompts share is a slot; fewer prompts than this tell no slots.
    private const double FrameShare = 0.5;
    private const int FramePromptsMin = 4;

    /// <summary>Writes the folder.</summary>
    public static void Write(string folder, TrainingSet set, Dictionary<string, int> folds, SecondTierPlan plan)
    {
        Directory.CreateDirectory(folder);
        var languages = plan.Languages.Index().ToDictionary(
            static language => language.Item, static language => language.Index, StringComparer.Ordinal);
        using var prompts = File.Create(Path.Combine(folder, "prompts.i32"));
        using var pieces = File.Create(Path.Combine(folder, "pieces.u16"));
        var (start, templateNumber) = (0, 0);
        foreach (var (familyNumber, family) in set.Families.Index())
        {
            foreach (var template in family.Templates)
            {
                var shared = SharedPieces(template);
                foreach (var (number, prompt) in template.Prompts.Index())
                {
                    var length = prompt.Pieces.Length / PieceLayout.ColumnCount;
                    ReadOnlySpan<int> row =
                    [
                        start, length, familyNumber, templateNumber, folds[family.Group], family.KindMask,
                        family.IsAuthored ? 1 : 0, prompt.IsDualUse ? 1 : 0, languages[prompt.Language],
                        IsMeasured(family, number) ? 1 : 0,
                    ];
                    prompts.Write(MemoryMarshal.AsBytes(row));
                    pieces.Write(MemoryMarshal.AsBytes<ushort>(WithSlots(prompt.Pieces, shared)));
                    start += length;
                }

                templateNumber++;
            }
        }

        var json = JsonSerializer.Serialize(plan, SecondTierJson.Default.SecondTierPlan);
        File.WriteAllText(Path.Combine(folder, "plan.json"), json + "\n");
    }

    /// <summary>
    /// Whether a prompt is scored by the networks that never saw its group: the first two fillings of a frame, forty of
    /// a found template. More are alike and cost time.
    /// </summary>
    public static bool IsMeasured(PromptFamily family, int number) => number < (family.IsAuthored ? 2 : 40);

    /// <summary>The prompts that are measured, in the order of the files.</summary>
    public static IEnumerable<(PromptFamily Family, TrainingPrompt Prompt)> Measured(TrainingSet set) =>
        set.Families.SelectMany(static family => family.Templates.SelectMany(template => template.Prompts
            .Where((_, number) => IsMeasured(family, number))
            .Select(prompt => (family, prompt))));

    private static HashSet<ushort>? SharedPieces(PromptTemplate template)
    {
        if (template.Prompts.Count < FramePromptsMin)
        {
            return null;
        }

        var counts = new Dictionary<ushort, int>();
        foreach (var prompt in template.Prompts)
        {
            foreach (var piece in prompt.Pieces.Where(static (_, i) => i % PieceLayout.ColumnCount == 0).Distinct())
            {
                counts[piece] = counts.GetValueOrDefault(piece) + 1;
            }
        }

        var threshold = template.Prompts.Count * FrameShare;
        return [.. counts.Where(count => count.Value >= threshold).Select(static count => count.Key)];
    }

    private static ushort[] WithSlots(ushort[] pieces, HashSet<ushort>? shared)
    {
        var cells = new ushort[pieces.Length / PieceLayout.ColumnCount * (PieceLayout.ColumnCount + 1)];
        for (int from = 0, to = 0; from < pieces.Length; from += PieceLayout.ColumnCount, to += 4)
        {
            pieces.AsSpan(from, PieceLayout.ColumnCount).CopyTo(cells.AsSpan(to));
            cells[to + PieceLayout.ColumnCount] = (ushort)(shared is null || shared.Contains(pieces[from]) ? 0 : 1);
        }

        return cells;
    }
}

/// <summary>Writes plans.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SecondTierPlan))]
internal sealed partial class SecondTierJson : JsonSerializerContext;
