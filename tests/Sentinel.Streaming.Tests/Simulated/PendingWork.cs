namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// Something that a process asked of a server: first it takes effect, later the process hears of it. A process that is
/// killed between the two never does. Work of one queue takes effect in its order.
/// </summary>
internal sealed class PendingWork(string queue, TimeSpan notBefore, Action takeEffect)
{
    public string Queue { get; } = queue;

    /// <summary>Simulated time, since its beginning, before which nothing happens.</summary>
    public TimeSpan NotBefore { get; } = notBefore;

    /// <summary>What the process waits for. Not to be ended with continuations on other threads.</summary>
    public TaskCompletionSource Heard { get; } = new();

    public bool HasEffect { get; private set; }

    /// <summary>Part of the effect, for whoever is killed in the middle of it.</summary>
    public Action? TakePartialEffect { get; init; }

    /// <summary>Set when the server will refuse.</summary>
    public Exception? Refusal { get; init; }

    public void TakeEffect()
    {
        if (!HasEffect)
        {
            HasEffect = true;
            if (Refusal is null)
            {
                takeEffect();
            }
            else
            {
                TakePartialEffect?.Invoke();
            }
        }
    }

    public void Tell()
    {
        if (Refusal is { } refusal)
        {
            Heard.SetException(refusal);
        }
        else
        {
            Heard.SetResult();
        }
    }
}
