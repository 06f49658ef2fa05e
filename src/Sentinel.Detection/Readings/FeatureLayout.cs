namespace Sentinel.Detection.Readings;

/// <summary>
/// The layout of a feature row. A classifier names the version that it was trained on and is refused with another.
/// </summary>
public static class FeatureLayout
{
    /// <summary>Version of the layout.</summary>
    public const int Version = 1;

    /// <summary>Hashed features kept of one prompt; the rest is sampled evenly.</summary>
    public const int Width = 256;

    /// <summary>Number of buckets; bucket 0 is padding.</summary>
    public const int BucketCount = 1 << 17;
}
