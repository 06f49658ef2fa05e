namespace Sentinel.Detection.State;

/// <summary>Tables of memories in two generations: the one that is forgotten makes room for the next.</summary>
internal static class Recycled
{
    /// <summary>
    /// An empty table of that length, which is the forgotten one where it fits: what is full then takes no more memory,
    /// and leaves no holes that a table of twice the size no longer fits in.
    /// </summary>
    public static T[] Table<T>(T[] forgotten, int length)
    {
        if (forgotten.Length != length)
        {
            return new T[length];
        }

        Array.Clear(forgotten);
        return forgotten;
    }
}
