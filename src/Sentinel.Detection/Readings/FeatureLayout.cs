namespace Sentinel.Detection.Readings;

/// <summary>
/// The layout of a feature row: the distinct hashed features of one prompt, padded with 0. A classifier names the
/// version that it was trained on and is refused with another; anything that changes which ids a prompt gets (a limit
/// of the tokeniser, a salt, a fold) is a new version.
/// </summary>
/// <remarks>
/// Features: concepts of harvesting and pairs of them; senses of words and pairs of neighbouring ones; folded words,
/// words with the mark before or after them, beginnings of longer words, pairs of neighbouring words, triples of
/// characters in scripts without spaces; the pairs at the beginning and the end of the last user message once more as
/// such; words of earlier turns as such; and the shape of the request. System prompt and last user message share their
/// ids.
/// </remarks>
public static class FeatureLayout
{
    /// <summary>Version of the layout.</summary>
    public const int Version = 3;

    /// <summary>Hashed features kept of one prompt: beginning and end first, the middle sampled evenly.</summary>
    public const int Width = 448;

    /// <summary>Number of buckets; bucket 0 is padding.</summary>
    public const int BucketCount = 1 << 16;

    /// <summary>Buckets from 1 below this one are the shape of the request, not hashed.</summary>
    public const int ShapeEnd = 64;

    /// <summary>Buckets from this one up to <see cref="ShapeEnd"/> are the length of the last user message.</summary>
    public const int LengthStart = 32;
}
