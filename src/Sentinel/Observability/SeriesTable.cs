using System.Diagnostics.Metrics;

namespace Sentinel.Hosting.Observability;

/// <summary>What an instrument shows.</summary>
internal enum SeriesKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>The last value, or a sum that may fall.</summary>
    Gauge,

    /// <summary>Counts by size.</summary>
    Histogram,
}

/// <summary>One combination of an instrument's tags.</summary>
internal sealed class Series(KeyValuePair<string, object?>[] tags, int bucketCount)
{
    public KeyValuePair<string, object?>[] Tags { get; } = tags;

    /// <summary>The value; of a histogram the sum.</summary>
    public double Value { get; set; }

    /// <summary>Values recorded into a histogram.</summary>
    public long Count { get; set; }

    /// <summary>Of a histogram, values by bucket, not added up; the last one is above all bounds.</summary>
    public long[] Buckets { get; } = bucketCount == 0 ? [] : new long[bucketCount];

    /// <summary>The collection in which an observed value was seen last.</summary>
    public long SeenAt { get; set; }
}

/// <summary>
/// The series of one instrument. Bounded: past the limit, values go to one series that says so. Thread-safe; a value
/// for a series that exists allocates nothing.
/// </summary>
internal sealed class SeriesTable
{
    /// <summary>The label that OpenTelemetry gives to what found no room.</summary>
    public const string OverflowLabel = "otel_metric_overflow";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<Series>> _byHash = [];
    private readonly int _seriesMax;
    private readonly bool _isSet;
    private readonly bool _isObserved;
    private Series? _overflow;
    private int _count;
    private long _collection;

    public SeriesTable(Instrument instrument, SeriesKind kind, double[] bounds, int seriesMax)
    {
        Instrument = instrument;
        Kind = kind;
        Bounds = bounds;
        _seriesMax = seriesMax;
        _isObserved = instrument.IsObservable;
        var type = instrument.GetType();
        _isSet = _isObserved || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Gauge<>));
    }

    public Instrument Instrument { get; }

    public SeriesKind Kind { get; }

    /// <summary>Upper bounds of a histogram's buckets, rising.</summary>
    public double[] Bounds { get; }

    /// <summary>Takes a value.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            var series = Find(tags);
            series.SeenAt = _collection;
            if (Kind == SeriesKind.Histogram)
            {
                series.Value += value;
                series.Count++;
                series.Buckets[BucketOf(value)]++;
            }
            else
            {
                series.Value = _isSet && !ReferenceEquals(series, _overflow) ? value : series.Value + value;
            }
        }
    }

    /// <summary>Before an observable instrument is asked: what it then does not tell is gone.</summary>
    public void BeginCollection()
    {
        lock (_gate)
        {
            _collection++;
            if (_overflow is not null && _isSet)
            {
                _overflow.Value = 0;
            }
        }
    }

    /// <summary>Hands all series out under the lock; they must not be kept.</summary>
    public void ForEach(Action<Series> show)
    {
        lock (_gate)
        {
            if (_isObserved)
            {
                RemoveUnseen();
            }

            foreach (var series in _byHash.Values.SelectMany(static list => list))
            {
                show(series);
            }

            if (_overflow is not null)
            {
                show(_overflow);
            }
        }
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = HashOf(tags);
        if (_byHash.TryGetValue(hash, out var list))
        {
            foreach (var series in list)
            {
                if (AreSame(series.Tags, tags))
                {
                    return series;
                }
            }
        }

        var bucketCount = Kind == SeriesKind.Histogram ? Bounds.Length + 1 : 0;
        if (_count >= _seriesMax)
        {
            return _overflow ??= new Series([new(OverflowLabel, "true")], bucketCount);
        }

        _count++;
        var added = new Series(tags.ToArray(), bucketCount);
        if (list is null)
        {
            _byHash[hash] = list = [];
        }

        list.Add(added);
        return added;
    }

    // Bounds are few, and most values are small.
    private int BucketOf(double value)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && !(value <= Bounds[bucket]))
        {
            bucket++;
        }

        return bucket;
    }

    private void RemoveUnseen()
    {
        foreach (var (hash, list) in _byHash)
        {
            _count -= list.RemoveAll(series => series.SeenAt != _collection);
            if (list.Count == 0)
            {
                _byHash.Remove(hash);
            }
        }

        if (_overflow?.SeenAt != _collection)
        {
            _overflow = null;
        }
    }

    // The same whatever the order of the tags.
    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = tags.Length;
        foreach (var (name, value) in tags)
        {
            hash += HashCode.Combine(name, value);
        }

        return hash;
    }

    private static bool AreSame(
        KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> asked)
    {
        if (known.Length != asked.Length)
        {
            return false;
        }

        foreach (var tag in asked)
        {
            if (!Holds(known, tag))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(KeyValuePair<string, object?>[] known, KeyValuePair<string, object?> tag)
    {
        foreach (var (name, value) in known)
        {
            if (string.Equals(name, tag.Key, StringComparison.Ordinal))
            {
                return Equals(value, tag.Value);
            }
        }

        return false;
    }
}
