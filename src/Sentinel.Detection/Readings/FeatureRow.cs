namespace Sentinel.Detection.Readings;

/// <summary>
/// Fills one feature row at a time: each bucket once, up to the limit in force. Owned by one worker at a time.
/// </summary>
internal sealed class FeatureRow
{
    private readonly ulong[] _seen = new ulong[FeatureLayout.BucketCount / 64];

    /// <summary>Features in the row.</summary>
    public int Count { get; private set; }

    /// <summary>Features that the row may hold for now; at most <see cref="FeatureLayout.Width"/>.</summary>
    public int Limit { get; set; }

    /// <summary>Whether the limit is reached.</summary>
    public bool IsFull => Count >= Limit;

    /// <summary>
    /// Adds a feature, a hash whose upper half is well mixed, unless its bucket is there or the row is full.
    /// </summary>
    public void Add(Span<int> row, ulong feature)
    {
        const ulong Hashed = FeatureLayout.BucketCount - FeatureLayout.ShapeEnd;
        AddBucket(row, FeatureLayout.ShapeEnd + (int)(((feature >> 32) * Hashed) >> 32));
    }

    /// <summary>Adds a bucket unless it is there or the row is full.</summary>
    public void AddBucket(Span<int> row, int bucket)
    {
        if (IsFull)
        {
            return;
        }

        // Written in any case and kept if it is new: whether it is cannot be foretold.
        ref var word = ref _seen[bucket >> 6];
        var isSeen = (int)(word >> (bucket & 63)) & 1;
        word |= 1UL << (bucket & 63);
        row[Count] = bucket;
        Count += 1 - isSeen;
    }

    /// <summary>Pads the row and forgets it.</summary>
    public void Finish(Span<int> row)
    {
        foreach (var bucket in row[..Count])
        {
            _seen[bucket >> 6] = 0;
        }

        row[Count..].Clear();
        Count = 0;
    }
}
