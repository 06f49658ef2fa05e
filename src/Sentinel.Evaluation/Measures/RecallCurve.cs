namespace Sentinel.Evaluation.Measures;

/// <summary>How many of some accounts were flagged by their first, second, .. exchange: how much of each it takes.</summary>
/// <param name="Name">The campaign, the recipe of abusers without one, or what innocents are called.</param>
/// <param name="Within">Flagged within so many exchanges as <see cref="Exchanges"/> says, of all, in its order.</param>
/// <param name="Flagged">Flagged at all.</param>
/// <param name="ByRisk">
/// Above the risk that at most <see cref="Rate"/> of innocents exceed, at the end of the traffic, whatever was flagged.
/// </param>
public sealed record RecallCurve(string Name, IReadOnlyList<Share> Within, Share Flagged, Share ByRisk)
{
    /// <summary>Name of the row of all innocents.</summary>
    public const string Innocents = "innocents";

    /// <summary>Share of innocents that the last column lets through: 0.01 %.</summary>
    public const double Rate = 0.0001;

    /// <summary>The counts of exchanges, those of abusers from their first abusive one on.</summary>
    public static IReadOnlyList<int> Exchanges { get; } = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20];

    /// <summary>The curves of all campaigns in ordinal order, and last that of all innocents.</summary>
    public static IReadOnlyList<RecallCurve> OfAll(IReadOnlyCollection<JudgedAccount> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var risks = accounts.Where(static account => !account.IsMalicious)
            .Select(static account => account.Risk)
            .OrderDescending()
            .ToArray();
        var allowed = (int)(Rate * risks.Length);
        var border = allowed < risks.Length ? risks[allowed] : double.NegativeInfinity;
        return
        [
            .. accounts.Where(static account => account.IsMalicious)
                .GroupBy(static account => account.Source, StringComparer.Ordinal)
                .OrderBy(static source => source.Key, StringComparer.Ordinal)
                .Select(source => Of(source.Key, [.. source], border)),
            Of(Innocents, [.. accounts.Where(static account => !account.IsMalicious)], border),
        ];
    }

    private static RecallCurve Of(string name, List<JudgedAccount> accounts, double border) => new(
        name,
        [.. Exchanges.Select(most => new Share(
            accounts.Count(account => account.IsFlagged && account.ExchangesUntilFlag <= most), accounts.Count))],
        new Share(accounts.Count(static account => account.IsFlagged), accounts.Count),
        new Share(accounts.Count(account => account.Risk > border), accounts.Count));
}
