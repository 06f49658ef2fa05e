namespace Sentinel.Inference;

/// <summary>
/// Counts who uses a thing that is exchanged while it is used: one hold is that of being in force. Whoever lets go of
/// the last one disposes of the thing, and nobody can hold it again. Thread-safe; takes no lock.
/// </summary>
internal sealed class HoldCount
{
    private int _holders = 1;

    /// <summary>Takes a hold; false when the last one has been let go of.</summary>
    public bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Lets go of a hold; whether it was the last one.</summary>
    public bool LetGo() => Interlocked.Decrement(ref _holders) == 0;
}
