using Sentinel.Api.Decisions;
using Sentinel.Api.Review;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>The road over Kafka: rulings are records of the compacted topic that every process which answers reads.</summary>
internal sealed class KafkaRoad : IRulingRoad
{
    private volatile Way? _way;

    /// <summary>From now on rulings go this way.</summary>
    public void Open(IRecordWriter records, string topic) => _way = new Way(records, topic);

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyCollection<KeyValuePair<RulingKey, Ruling?>> rulings, CancellationToken cancel)
    {
        var way = _way ?? throw new InvalidOperationException("The road is not open.");
        var written = new List<Task>(rulings.Count);
        foreach (var (key, ruling) in rulings)
        {
            written.Add(await way.Records.WriteAsync(
                way.Topic, IRecordWriter.ByKey, key.ToRecordKey(), ruling?.ToRecord() ?? default, RecordFormat.Json, cancel));
        }

        await Task.WhenAll(written);
    }

    private sealed record Way(IRecordWriter Records, string Topic);
}
