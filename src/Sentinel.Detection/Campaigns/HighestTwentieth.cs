namespace Sentinel.Detection.Campaigns;

/// <summary>What is measured of an account; false while there is too little of it.</summary>
/// <param name="account">The account.</param>
/// <param name="value">The measure.</param>
internal delegate bool AccountMeasure(LinkedAccount account, out float value);

/// <summary>
/// Which accounts lie in the highest twentieth of all by some measure, held against the sample of all accounts: a rank,
/// which is right whatever the measure's bias. Owned by the lane's thread.
/// </summary>
/// <param name="population">The sample.</param>
/// <param name="measure">The measure.</param>
/// <param name="widthsMax">
/// Where so many accounts lie far out that they are the highest twentieth themselves, the border is so many widths of the lower
/// half above the median, as <see cref="Evidence.HarvestRank"/> counts them; infinite for a measure of which that is unknown.
/// </param>
/// <param name="widthMin">Least width that counts.</param>
/// <param name="borderMin">The border lies no lower than this.</param>
internal sealed class HighestTwentieth(
    Population population, AccountMeasure measure, double widthsMax = double.PositiveInfinity, double widthMin = 0,
    double borderMin = double.NegativeInfinity)
{
    /// <summary>Share of all accounts that lie there.</summary>
    public const double Share = 0.05;

    // With fewer accounts there is no highest twentieth; where more tie at its border, none of them is in it.
    private const int SampleMin = 40;

    private readonly List<float> _values = [];
    private float _border = float.MaxValue;

    /// <summary>Looks at the sample: once before groups are judged.</summary>
    public void Refresh()
    {
        _values.Clear();
        foreach (var account in population.Sample)
        {
            if (measure(account, out var value))
            {
                _values.Add(value);
            }
        }

        _values.Sort();
        _border = float.MaxValue;
        if (_values.Count >= SampleMin)
        {
            var median = _values[_values.Count / 2];
            var width = Math.Max(widthMin, median - _values[_values.Count / 4]);
            var border = Math.Min(_values[(int)(_values.Count * (1 - Share))], median + (widthsMax * width));
            _border = (float)Math.Max(border, borderMin);
        }
    }

    /// <summary>Whether the account lies there.</summary>
    public bool Has(LinkedAccount account) => measure(account, out var value) && IsHigh(value);

    /// <summary>Whether a measure lies there.</summary>
    public bool IsHigh(float value) => value > _border;

    /// <summary>How many of a group lie there, of how many that can be told of.</summary>
    public (int High, int All) Count(IReadOnlyList<LinkedAccount> group)
    {
        var (high, all) = (0, 0);
        foreach (var account in group)
        {
            if (measure(account, out var value))
            {
                all++;
                high += IsHigh(value) ? 1 : 0;
            }
        }

        return (high, all);
    }
}
