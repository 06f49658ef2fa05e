using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// The company that accounts keep: of those who regularly send one frame, how many are flagged for something else? Of an innocent
/// frame they are at most as many as of the innocents that the classifier misreads most; of a pool's own frame most. So the others of
/// a pool are found who share no card with it and whose own requests say too little. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// Likelihood ratio of so many flagged accounts among so many, averaged over the shares that it may be. Who is accused by it is not
/// counted as flagged, so that nothing runs away. A frame whose content is plainly ordinary accuses nobody: pools ask public
/// questions in public frames. Neither is accused who asks in it only what half of the innocents' requests reach: phrases that a pool
/// begins with are begun with by others too. One house's accounts are no company.
/// </remarks>
internal sealed class CompanyJudge(DetectionPolicy policy, LinkedAccounts accounts, Houses houses, RulingLens rulings)
{
    // Regulars send the frame three times or more, and a fifth of what they send is of it. Who tried it is a bystander, and a turn of
    // phrase that thousands use is nobody's frame.
    private const int CountMin = 3;
    private const double ShareMin = 0.2;

    // Flagged regulars from which on a frame is looked at.
    private const int FlaggedMin = 3;

    // Mean evidence, nats, below which a frame is plainly ordinary: that of a p-value of 0.25.
    private const double MeanMin = -0.175;

    // Mean evidence, nats, below which what an account asks in a frame is ordinary: that of a p-value of a half.
    private const double OwnMeanMin = -0.448;

    private readonly List<LinkedAccount> _regulars = [];
    private readonly List<LinkedAccount> _flagged = [];

    private static ReadOnlySpan<double> Shares => [0.3, 0.5, 0.7, 0.9];

    /// <summary>Those who regularly sent the frame last asked about and are not flagged otherwise.</summary>
    public IReadOnlyList<LinkedAccount> Others => _regulars;

    /// <summary>Those who regularly sent it and are.</summary>
    public IReadOnlyList<LinkedAccount> Flagged => _flagged;

    /// <summary>Whether what an account itself asks in a frame is ordinary: then its company does not accuse it.</summary>
    public static bool IsOrdinary(LinkedAccount account, LinkEntry key) =>
        account.Profile.Frames.MeanOf(FrameTags.OfKey(key.Key)) < OwnMeanMin;

    /// <summary>Evidence, nats, 0 and up, against everybody who regularly sends a frame and asks in it what is not ordinary.</summary>
    /// <param name="key">The frame.</param>
    /// <param name="isFlaggedOtherwise">Whether an account is flagged for something else.</param>
    public double Judge(LinkEntry key, Func<LinkedAccount, bool> isFlaggedOtherwise)
    {
        Collect(key, isFlaggedOtherwise);
        var all = _flagged.Count + _regulars.Count;
        if (_flagged.Count < FlaggedMin || all < policy.AlikeAccountsMin
            || key.EvidenceSum < MeanMin * key.ExchangeCount || houses.IsOne([.. _flagged, .. _regulars]))
        {
            return 0;
        }

        var nats = ShareEvidence.Mixture(_flagged.Count, all, Shares, policy.FlaggedShareByChance);
        return Math.Clamp(ContentEvidence.InSteps(nats), 0, policy.CompanyNatsMax);
    }

    private void Collect(LinkEntry key, Func<LinkedAccount, bool> isFlaggedOtherwise)
    {
        _regulars.Clear();
        _flagged.Clear();
        var tag = FrameTags.OfKey(key.Key);
        foreach (var index in key.Accounts)
        {
            var account = accounts[index];
            var count = account.Profile.Frames.CountOf(tag);
            if (count >= CountMin && count >= ShareMin * account.Profile.ExchangeCount && !rulings.IsInnocent(account))
            {
                (isFlaggedOtherwise(account) ? _flagged : _regulars).Add(account);
            }
        }
    }
}
