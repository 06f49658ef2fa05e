using Confluent.Kafka;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Writes records so that a task that ended well means: all in-sync replicas have it, once, in order. While brokers are
/// away records wait, and when their memory is used up writers wait too. Thread-safe.
/// </summary>
public sealed class KafkaRecordWriter : IRecordWriter, IAsyncDisposable
{
    private const int RecordOverheadBytes = 256; // What the client keeps of each besides key and value.
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(10);

    private readonly KafkaOptions _options;
    private readonly TimeProvider _clock;
    private readonly ByteGate _gate;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private volatile LaneFaultedException? _fault;

    /// <summary>A writer that connects when it has something to write.</summary>
    /// <param name="options">Options without faults.</param>
    /// <param name="clock">Times waiting.</param>
    /// <param name="notify">Hears what people should know; called on several threads; must be quick.</param>
    public KafkaRecordWriter(KafkaOptions options, TimeProvider clock, Action<KafkaNotice> notify)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _clock = clock;
        _gate = new ByteGate(options.WriteBytesMax);
        var events = new ClientEvents(options, notify, clock);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(options))
            .SetErrorHandler((_, error) => events.OnError(error))
            .SetLogHandler((_, line) => events.OnLog(line))
            .Build();
    }

    /// <summary>Memory of records on their way.</summary>
    public long WaitingBytes => _gate.Used;

    /// <inheritdoc/>
    public async ValueTask<Task> WriteAsync(
        string topic,
        int partition,
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> value,
        RecordFormat format,
        CancellationToken cancel)
    {
        var bytes = key.Length + value.Length + RecordOverheadBytes;
        await _gate.EnterAsync(bytes, cancel);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new Message<byte[]?, byte[]?>
        {
            Key = key.IsEmpty ? null : key.ToArray(), // The client takes whole arrays alone.
            Value = value.IsEmpty ? null : value.ToArray(),
            Headers = _options.IsLegacy ? null : ContentType.For(format),
        };
        var place = new TopicPartition(topic, partition == IRecordWriter.ByKey ? Partition.Any : partition);
        while (!TryProduce(place, message, written, bytes))
        {
            await Task.Delay(FullWait, _clock, CancellationToken.None); // Its turn has come; it gives no room back.
        }

        return written.Task;
    }

    /// <summary>Waits for what is on its way, up to the write timeout, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        var timeout = _fault is null ? _options.WriteTimeout : TimeSpan.Zero;
        await Task.Factory.StartNew(
            () => _producer.Flush(timeout),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        _producer.Dispose();
    }

    /// <summary>Whether the client has taken or refused the record; false while its queue is full.</summary>
    private bool TryProduce(
        TopicPartition place, Message<byte[]?, byte[]?> message, TaskCompletionSource written, int bytes)
    {
        if (_fault is { } fault)
        {
            // A later record must not overtake the one that failed.
            _gate.Leave(bytes);
            written.SetException(fault);
            return true;
        }

        try
        {
            _producer.Produce(place, message, report => OnReport(report, written, bytes));
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            OnFailure(e.Error, place.Topic, written, bytes);
        }

        return true;
    }

    private void OnReport(DeliveryReport<byte[]?, byte[]?> report, TaskCompletionSource written, int bytes)
    {
        if (report.Error.IsError)
        {
            OnFailure(report.Error, report.Topic, written, bytes);
            return;
        }

        _gate.Leave(bytes);
        written.SetResult();
    }

    private void OnFailure(Error error, string topic, TaskCompletionSource written, int bytes)
    {
        var why = error.Code == ErrorCode.Local_MsgTimedOut
            ? $"no broker took it within Kafka:WriteTimeout, {_options.WriteTimeout}. "
            : "";
        var fault = new LaneFaultedException(
            $"A record could not be written to {topic}: {why}{FaultText.Sentence(error, _options)}",
            new KafkaException(error));
        _fault ??= fault;
        _gate.Leave(bytes);
        written.SetException(fault);
    }
}
