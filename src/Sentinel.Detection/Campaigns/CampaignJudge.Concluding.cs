using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

// What groups mean for their accounts: the group that each stands by, its level, its verdict.
internal sealed partial class CampaignJudge
{
    /// <summary>The verdict of group and own exchanges together.</summary>
    public Verdict Write(LinkedAccount account) =>
        _writer.Write(VerdictOrigin.Campaigns, Assess(account), _offset, _nowMs);

    // An account stands by the strongest group that it behaves like; being a mere neighbour counts only without one.
    private void Stand(LinkedAccount account, GroupFinding finding, bool isMember, JudgeOutput output)
    {
        var known = account.Group;
        var key = finding.KeyOf(account);
        var isWeaker = known.Evidence > finding.Evidence
            || (known.Evidence == finding.Evidence && known.AccountCount >= key.AccountCount);
        if (known.IsMember == isMember ? isWeaker : known.IsMember)
        {
            return;
        }

        account.Group = new GroupStanding(
            finding.Evidence, key.Kind, key.AccountCount, isMember, finding.Identity, finding.Likeness,
            finding.Probing) { PivotEvidence = finding.Pivot };
        Conclude(account, output);
    }

    // Members that joined or moved to another campaign have a new verdict even when their level stays.
    private void ConcludeMoved(JudgeOutput output)
    {
        foreach (var campaign in _campaigns.Standing)
        {
            for (; campaign.AccountsConcluded < campaign.Accounts.Count; campaign.AccountsConcluded++)
            {
                Conclude(_accounts[campaign.Accounts[campaign.AccountsConcluded]], output);
            }
        }
    }

    /// <summary>Raises the account's level where its evidence now does, and writes the verdict when it changed.</summary>
    private void Conclude(LinkedAccount account, JudgeOutput output)
    {
        if (!account.HasStanding)
        {
            return; // Its own lane says all that there is to say.
        }

        var (level, without) = LevelsOf(account);
        if (level >= VerdictLevel.Suspect && account.FlaggedAtMs < 0)
        {
            // Its own lane may have been first.
            var profile = account.Profile;
            account.Flag(
                profile.FlaggedAtMs >= 0 ? profile.FlaggedAtMs : _nowMs,
                profile.FlaggedAtMs >= 0 ? profile.ExchangesAtFlag : profile.ExchangeCount);
        }

        var campaign = CampaignIdOf(account);
        var isNews = level != account.Level || (level != VerdictLevel.None && campaign != account.CampaignToldId);
        if (isNews || without > account.ExplainedLevel
            || AccountAssessment.IsRenewalDue(Assess(account), account.ToldAtMs, _nowMs, _policy))
        {
            account.Tell(level, without, campaign, _nowMs);
            output.Verdicts.Add(Write(account));
        }
    }

    private (VerdictLevel Level, VerdictLevel WithoutWorkload) LevelsOf(LinkedAccount account)
    {
        var (level, without) = AccountAssessment.LevelsOf(Assess(account), account.Level, _policy);
        return account.Group is { IsMember: false, Evidence: > 0 } && level == VerdictLevel.None
            ? (VerdictLevel.Watch, without)
            : (level, without);
    }

    private AssessedAccount Assess(LinkedAccount account) => new(
        account.Profile, account.Group, account.ForeignReasoningRefs, account.Outputs, PredecessorOf(account), CampaignIdOf(account),
        account.Level, account.FlaggedAtMs, account.ExchangesAtFlag)
    {
        Company = account.Company,
        Workload = WorkloadOf(account),
    };

    private string? CampaignIdOf(LinkedAccount account) =>
        account.Campaign < 0 ? null : _campaigns[account.Campaign].Id;

    private string? PredecessorOf(LinkedAccount account) =>
        account.Predecessor >= 0 && _campaigns[account.Predecessor] is { Finding: not RulingFinding.Innocent } campaign
            ? campaign.Id
            : null;
}
