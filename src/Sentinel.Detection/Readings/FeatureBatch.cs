namespace Sentinel.Detection.Readings;

/// <summary>
/// Feature rows for a classifier, one a prompt: hashed feature ids, padded with 0. Layout version and width are
/// <see cref="FeatureLayout"/>'s. Owned by one worker at a time.
/// </summary>
public sealed class FeatureBatch
{
    private readonly int[] _ids;

    /// <summary>A batch of at most <paramref name="rowsMax"/> rows.</summary>
    public FeatureBatch(int rowsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        RowsMax = rowsMax;
        _ids = new int[rowsMax * FeatureLayout.Width];
    }

    /// <summary>Rows that fit.</summary>
    public int RowsMax { get; }

    /// <summary>Rows filled.</summary>
    public int RowCount { get; set; }

    /// <summary>How many of the rows are of messages that hold no words to judge by.</summary>
    public int UnreadableCount { get; set; }

    /// <summary>The rows one after another, <c>RowCount × FeatureLayout.Width</c>.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, RowCount * FeatureLayout.Width);

    /// <summary>The buffer behind all rows that fit, for a classifier to bind once.</summary>
    public int[] Buffer => _ids;

    /// <summary>One row, to be filled.</summary>
    public Span<int> Row(int index) => _ids.AsSpan(index * FeatureLayout.Width, FeatureLayout.Width);
}
