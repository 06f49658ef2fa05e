using System.Runtime.CompilerServices;
using Sentinel.Detection.Scoring;

namespace Sentinel.Evaluation.Traffic;

/// <summary>
/// What detectors may know of one exchange: the platform's own observation of it, without what only the platform
/// uses. About 100 bytes.
/// </summary>
public struct ObservedExchange
{
    private EmbeddingCells _embedding;

    /// <summary>Position of its account in <see cref="ObservedTraffic.Accounts"/>.</summary>
    public int Account { get; set; }

    /// <summary>When the request arrived, milliseconds since 1970 UTC.</summary>
    public long AtMs { get; set; }

    /// <summary>First half of the key of the event id.</summary>
    public ulong EventKey { get; set; }

    /// <summary>Key of the address; 0 when unknown, as all keys.</summary>
    public ulong IpKey { get; set; }

    /// <summary>Key of the address block.</summary>
    public ulong IpBlockKey { get; set; }

    /// <summary>Key of the device.</summary>
    public ulong DeviceKey { get; set; }

    /// <summary>Key of the last user message's words.</summary>
    public ulong ContentKey { get; set; }

    /// <summary>What names the prompt's frame; 0 for a prompt without one.</summary>
    public ulong FrameKey { get; set; }

    /// <summary>Harvest score in steps of 1/65535.</summary>
    public ushort HarvestSteps { get; set; }

    /// <summary>The content kind that scored highest.</summary>
    public byte TopKind { get; set; }

    /// <summary>Whether the text holds a word of <see cref="KeywordLexicon"/>.</summary>
    public bool HasKeyword { get; set; }

    /// <summary>The classifier's embedding as it is stored, steps of 1/127.</summary>
    public readonly void CopyEmbedding(Span<float> into)
    {
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            into[i] = _embedding[i] / 127f;
        }
    }

    /// <summary>Takes an embedding over.</summary>
    public void SetEmbedding(ReadOnlySpan<sbyte> steps)
    {
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            _embedding[i] = steps[i];
        }
    }

    [InlineArray(ContentScores.EmbeddingLength)]
    private struct EmbeddingCells
    {
        private sbyte _first;
    }
}
