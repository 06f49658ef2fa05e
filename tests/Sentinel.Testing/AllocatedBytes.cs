namespace Sentinel.Testing;

/// <summary>What work allocates on the thread that does it.</summary>
public static class AllocatedBytes
{
    /// <summary>
    /// What a collection that another thread begins may charge to this one: the rest of the buffer, 8 KiB at most, that the
    /// runtime had handed to this thread and takes away again.
    /// </summary>
    public const long CollectionMax = 8_192;

    private const int Rounds = 5;

    /// <summary>
    /// Bytes that one round of <paramref name="work"/> allocates: the least of five rounds, since a collection may fall into
    /// some of them. Work that allocates does so in every round.
    /// </summary>
    public static long Of(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
