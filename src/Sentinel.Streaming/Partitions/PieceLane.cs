using System.Globalization;
using System.Text;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Stages;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Partitions;

/// <summary>Works on one partition of pieces, which other lanes wrote: a link lane, or the campaigns lane.</summary>
public sealed class PieceLane : IPartitionLane
{
    private readonly LaneSurroundings _around;
    private readonly string _name;
    private readonly string _source;
    private readonly int _partition;
    private readonly Func<IPieceStage> _createStage;
    private readonly StageOutput _output = new();
    private IPieceStage? _stage;
    private LaneEffects? _effects;
    private long _next;

    private PieceLane(
        LaneSurroundings around, string name, string topic, int partition, Func<IPieceStage> createStage)
    {
        (_around, _name, _partition, _createStage) = (around, name, partition, createStage);
        _source = string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}");
    }

    /// <inheritdoc/>
    public long DurableOffset => _effects?.DurableOffset ?? -1;

    /// <summary>Bytes of pieces that wait for lanes which lag.</summary>
    public long HeldBytes => _stage?.HeldBytes ?? 0;

    /// <summary>A link lane.</summary>
    /// <param name="around">What it works with.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="accountPartitionCount">Partitions of the exchanges.</param>
    public static PieceLane Links(LaneSurroundings around, int partition, int accountPartitionCount)
    {
        ArgumentNullException.ThrowIfNull(around);
        return new PieceLane(
            around,
            string.Create(CultureInfo.InvariantCulture, $"links-{partition}"),
            around.Topics.Links,
            partition,
            () => new LinkStage(around.Policy, partition, accountPartitionCount));
    }

    /// <summary>The campaigns lane.</summary>
    /// <param name="around">What it works with.</param>
    /// <param name="modelVersion">Name and version of the classifier, for verdicts.</param>
    /// <param name="accountPartitionCount">Partitions of the exchanges.</param>
    /// <param name="linkPartitionCount">Partitions of the links.</param>
    public static PieceLane Campaigns(
        LaneSurroundings around, string modelVersion, int accountPartitionCount, int linkPartitionCount)
    {
        ArgumentNullException.ThrowIfNull(around);
        return new PieceLane(
            around,
            "campaigns-0",
            around.Topics.Edges,
            partition: 0,
            () => new CampaignStage(around.Policy, modelVersion, accountPartitionCount, linkPartitionCount));
    }

    /// <inheritdoc/>
    public async Task<long> OpenAsync(long committedOffset, CancellationToken cancel)
    {
        var store = await _around.OpenStore(_partition, cancel);
        var keeper = new SnapshotKeeper(_around.Snapshots, _name, _around.Owner, _around.Notify);
        (_stage, var manifest) = await keeper.LoadAsync(_createStage, cancel);
        _next = manifest?.Resume ?? 0;
        _effects = new LaneEffects(
            _around, store, keeper, _stage, _stage.ResumeOffset, _next,
            Math.Max(committedOffset, manifest?.Position ?? 0));
        return _next;
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
    {
        if (_stage is CampaignStage campaigns)
        {
            campaigns.UseWorkloads(_around.Workloads.Current);
            campaigns.UseRulings(_around.Rulings.Current);
        }

        for (var i = 0; i < records.Length; i++)
        {
            var record = records.Span[i];
            await TakeAsync(record, cancel);
            _next = record.Offset + 1;
        }

        await _effects!.AdvanceAsync(_next, cancel);
    }

    /// <inheritdoc/>
    public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel) =>
        _effects!.AdvanceAsync(_next, cancel);

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancel) => _effects!.SaveAsync(cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _effects?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask TakeAsync(LogRecord record, CancellationToken cancel)
    {
        try
        {
            _stage!.Take(record.Value.Span, record.Offset, _output);
        }
        catch (InvalidDataException fault)
        {
            await _effects!.AppendAsync(LetterOf(record, fault.Message), record.Offset, cancel);
        }
        catch (NewerFormatException fault)
        {
            throw new LaneFaultedException(
                $"{_source} at offset {record.Offset}: {fault.Message}. Run the newer version here too.", fault);
        }

        if (_output.BrokenPieces > 0)
        {
            _around.Notify($"{_source}: {_output.BrokenPieces} pieces of other lanes were damaged and left out in part.");
        }

        await _effects!.EmitAsync(_output, record.Offset, cancel);
        await _effects.MakeRoomAsync(record.Offset, cancel);
    }

    private DeadLetter LetterOf(LogRecord record, string why) => new(
        _source, record.Offset, 0, "not_a_piece", why,
        Encoding.ASCII.GetString(record.Value.Span[..Math.Min(record.Value.Length, DeadLetter.HeadMax)]));
}
