using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Ports;

/// <summary>
/// Where one lane makes its work durable. The observations are the lane's log: judged again in offset order they give
/// the same findings. Owned by the lane's thread; a commit may finish on another.
/// </summary>
public interface ILaneStore
{
    /// <summary>Offset that the next appended observation gets.</summary>
    long NextOffset { get; }

    /// <summary>Rows appended since the last commit was begun, all kinds.</summary>
    int PendingRows { get; }

    /// <summary>
    /// Hands every durable observation to <paramref name="observe"/>, in offset order, one call at a time. The instance
    /// handed over is reused. To be called once, before the first append.
    /// </summary>
    /// <returns>How many there were.</returns>
    Task<long> RecoverAsync(Action<Observation> observe, CancellationToken cancel);

    /// <summary>Appends an observation and gives it its offset.</summary>
    void Append(Observation observation);

    /// <summary>Appends a verdict; one with the same id overwrites.</summary>
    void Append(Verdict verdict);

    /// <summary>Appends a campaign's new state; one with the same id and version overwrites.</summary>
    void Append(Campaign campaign);

    /// <summary>Appends a link; one with the same kind, key and account overwrites.</summary>
    void Append(Link link);

    /// <summary>Appends a dead letter; one with the same source and position overwrites.</summary>
    void Append(DeadLetter letter);

    /// <summary>
    /// Begins to make durable all that was appended so far: observations first, then what they caused. The task ends
    /// when it is. While an earlier commit is under way the call waits for it, so at most two blocks are in memory.
    /// </summary>
    Task CommitAsync(CancellationToken cancel);
}

/// <summary>A line or record that could not be used, kept aside.</summary>
/// <param name="Source">File name without folder, <c>stdin</c> or <c>http</c>.</param>
/// <param name="Line">Line in the source, from 1.</param>
/// <param name="ByteOffset">First byte of the line in the (decompressed) source, from 0.</param>
/// <param name="Code">Stable code of the fault, such as <c>missing_property</c>.</param>
/// <param name="Detail">A sentence for people; quotes no prompt text.</param>
/// <param name="Head">The line's first bytes as text, invalid bytes replaced, at most <see cref="HeadMax"/> characters.</param>
public sealed record DeadLetter(string Source, long Line, long ByteOffset, string Code, string Detail, string Head)
{
    /// <summary>Longest <see cref="Head"/>, characters.</summary>
    public const int HeadMax = 200;
}
