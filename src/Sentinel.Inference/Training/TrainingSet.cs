using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>All families, with each prompt cut into frame and slots.</summary>
internal sealed class TrainingSet
{
    // Fewer features than this are no frame: a bare question has nothing that stays.
    private const int FrameFeaturesMin = 14;
    private const int FramePromptsMin = 4;
    private const double FrameShare = 0.5;

    /// <summary>A set of families; cuts their prompts.</summary>
    public TrainingSet(IEnumerable<PromptFamily> families)
    {
        Families = [.. families];
        var counts = new int[FeatureLayout.BucketCount];
        foreach (var template in Families.SelectMany(static family => family.Templates))
        {
            Cut(template, counts);
        }
    }

    /// <summary>The families, in a fixed order.</summary>
    public IReadOnlyList<PromptFamily> Families { get; }

    /// <summary>Number of prompts.</summary>
    public int PromptCount =>
        Families.SelectMany(static family => family.Templates).Sum(static template => template.Prompts.Count);

    private static void Cut(PromptTemplate template, int[] counts)
    {
        Array.Clear(counts);
        foreach (var id in template.Prompts.SelectMany(static prompt => prompt.Features))
        {
            counts[id]++;
        }

        var threshold = template.Prompts.Count * FrameShare;
        var isTemplated = template.Prompts.Count >= FramePromptsMin;
        var frameLength = 0L;
        foreach (var prompt in template.Prompts)
        {
            prompt.Frame = [.. prompt.Features.Where(id => !isTemplated || counts[id] >= threshold)];
            prompt.Slots = [.. prompt.Features.Where(id => isTemplated && counts[id] < threshold)];
            frameLength += prompt.Frame.Length;
        }

        template.HasFrame = isTemplated && frameLength >= (long)FrameFeaturesMin * template.Prompts.Count;
    }
}
