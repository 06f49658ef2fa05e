using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Damage that the broker hands out: a checksum that fails, a batch that cannot be decompressed. Tried again a few
/// times, since it may have happened on the way; then passed over, since nobody will ever read it. The client may pass
/// over it by itself, hence every place is counted when it is first seen. Owned by the polling thread.
/// </summary>
internal sealed class BadRecords
{
    private const int TriesMax = 5;

    private readonly Dictionary<int, (long Begin, int Tries)> _tries = []; // One for each partition.
    private long _places;

    /// <summary>Places where something was damaged, whether a later try read it or not. Any thread.</summary>
    public long Places => Volatile.Read(ref _places);

    public static bool IsDamage(Error error) => error.Code is
        ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord
        or ErrorCode.Local_Underflow or ErrorCode.Local_KeyDeserialization or ErrorCode.Local_ValueDeserialization;

    /// <summary>Counts a try.</summary>
    /// <param name="place">What the client says is damaged; its offset may be unknown.</param>
    /// <param name="position">The offset of the next record wanted.</param>
    /// <param name="next">Where to go on.</param>
    public bool IsToBePassed(TopicPartitionOffset place, long position, out long next)
    {
        var at = place.Offset.Value >= position ? place.Offset.Value : position;
        // By where the damage begins: what is left of a batch that was tried enough is not tried as often again.
        var begin = place.Offset.Value >= 0 ? place.Offset.Value : position;
        _tries.TryGetValue(place.Partition.Value, out var before);
        var tries = before.Begin == begin ? before.Tries + 1 : 1;
        _tries[place.Partition.Value] = (begin, tries);
        next = at + 1;
        if (tries == 1)
        {
            Volatile.Write(ref _places, _places + 1);
        }

        return tries >= TriesMax;
    }
}
