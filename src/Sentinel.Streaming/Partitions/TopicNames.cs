namespace Sentinel.Streaming.Partitions;

/// <summary>Names of the topics under one prefix.</summary>
/// <param name="Prefix">First part of every name, such as <c>sentinel</c>.</param>
public sealed record TopicNames(string Prefix)
{
    /// <summary>Exchanges, keyed by account.</summary>
    public string Exchanges => $"{Prefix}.exchanges";

    /// <summary>Which accounts used which keys, from account lanes to link lanes; the key chose the partition.</summary>
    public string Links => $"{Prefix}.links";

    /// <summary>Shared keys and account profiles, to the campaigns role. One partition.</summary>
    public string Edges => $"{Prefix}.edges";

    /// <summary>Verdicts, compacted.</summary>
    public string Verdicts => $"{Prefix}.verdicts";

    /// <summary>Rulings, compacted, keyed by account.</summary>
    public string Rulings => $"{Prefix}.rulings";

    /// <summary>Records that could not be used.</summary>
    public string DeadLetters => $"{Prefix}.dead-letters";
}
