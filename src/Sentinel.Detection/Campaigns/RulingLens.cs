using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

/// <summary>What people found accounts and campaigns to be, as of the judge's time. Owned by the lane's thread.</summary>
internal sealed class RulingLens
{
    /// <summary>All rulings with their times.</summary>
    public RulingRegister Register { get; set; } = RulingRegister.Empty;

    /// <summary>Event time as of which rulings are looked at.</summary>
    public long NowMs { get; set; }

    /// <summary>What was found of an account.</summary>
    public RulingFinding Of(LinkedAccount account) =>
        Register.IsEmpty ? RulingFinding.None : Register.Find(account.Profile, NowMs);

    /// <summary>Whether a person ruled the account innocent.</summary>
    public bool IsInnocent(LinkedAccount account) => Of(account) == RulingFinding.Innocent;

    /// <summary>
    /// What was found of a campaign: what holds of at least half of its accounts. Those who came as successors do not count,
    /// or a campaign would be confirmed no longer because it grew.
    /// </summary>
    public RulingFinding Of(CampaignState campaign, LinkedAccounts accounts)
    {
        var (all, innocent, confirmed) = (0, 0, 0);
        foreach (var index in campaign.Accounts)
        {
            if (accounts[index].Predecessor >= 0)
            {
                continue;
            }

            var finding = Of(accounts[index]);
            all++;
            innocent += finding == RulingFinding.Innocent ? 1 : 0;
            confirmed += finding == RulingFinding.Confirmed ? 1 : 0;
        }

        return all == 0 ? RulingFinding.None
            : innocent * 2 >= all ? RulingFinding.Innocent
            : confirmed * 2 >= all ? RulingFinding.Confirmed
            : RulingFinding.None;
    }
}
