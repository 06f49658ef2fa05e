using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Turns what a client says of itself into notices, each kind of error at most once in a while, and remembers the error
/// that explains best why nothing works. Thread-safe: clients call it on threads of their own.
/// </summary>
internal sealed class ClientEvents(KafkaOptions options, Action<KafkaNotice> notify, TimeProvider clock)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<ErrorCode, long> _told = []; // By kind of error, of which there are some hundred.
    private Error? _cause;

    /// <summary>The most telling error so far: a refused password tells more than a connection that broke.</summary>
    public Error? Cause
    {
        get
        {
            lock (_lock)
            {
                return _cause;
            }
        }
    }

    public void OnError(Error error)
    {
        lock (_lock)
        {
            if (_cause is null || Weight(error) >= Weight(_cause))
            {
                _cause = error;
            }

            if (_told.TryGetValue(error.Code, out var at) && clock.GetElapsedTime(at) < Between)
            {
                return;
            }

            _told[error.Code] = clock.GetTimestamp();
        }

        var level = error.IsFatal ? KafkaNoticeLevel.Wrong : KafkaNoticeLevel.Degraded;
        notify(new KafkaNotice(level, FaultText.Sentence(error, options)));
    }

    /// <summary>The client's own log: its errors come through <see cref="OnError"/> as well.</summary>
    public void OnLog(LogMessage line)
    {
        if (line.Level <= SyslogLevel.Critical)
        {
            notify(new KafkaNotice(KafkaNoticeLevel.Wrong, $"Kafka client: {line.Message}"));
        }
    }

    private static int Weight(Error error) => error.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl => 3,
        ErrorCode.Local_Resolve or ErrorCode.Local_Transport => 2,
        _ => 1,
    };
}
