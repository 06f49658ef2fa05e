namespace Sentinel.Detection.Campaigns;

/// <summary>What is measured of an account; false while there is too little of it.</summary>
/// <param name="account">The account.</param>
/// <param name="value">The measure.</param>
internal delegate bool AccountMeasure(LinkedAccount account, out float value);

/// <summary>
/// Which accounts lie in the highest twentieth of all by some measure, held against the sample of all accounts: a rank,
/// which is right whatever the measure's bias. Owned by the lane's thread.
/// </summary>
internal sealed class HighestTwentieth(Population population, AccountMeasure measure)
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
        _border = _values.Count < SampleMin ? float.MaxValue : _values[(int)(_values.Count * (1 - Share))];
    }

    /// <summary>Whether the account lies there.</summary>
    public bool Has(LinkedAccount account) => measure(account, out var value) && value > _border;

    /// <summary>How many of a group lie there, of how many that can be told of.</summary>
    public (int High, int All) Count(IReadOnlyList<LinkedAccount> group)
    {
        var (high, all) = (0, 0);
        foreach (var account in group)
        {
            if (measure(account, out var value))
            {
                all++;
                high += value > _border ? 1 : 0;
            }
        }

        return (high, all);
    }
}
