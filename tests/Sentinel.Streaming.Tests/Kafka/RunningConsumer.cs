using Sentinel.Streaming.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>A consumer under test, stopped in the end.</summary>
internal sealed class RunningConsumer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public RunningConsumer(KafkaOptions options, string topic, LaneRecorder recorder)
    {
        Consumer = new KafkaPartitionConsumer(
            options, topic, "test", recorder.Create, TimeProvider.System, recorder.Notices.Enqueue);
        Work = Consumer.RunAsync(_stop.Token);
    }

    public KafkaPartitionConsumer Consumer { get; }

    public Task Work { get; }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Work.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
