using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

// Who regularly sends what accounts that are flagged send.
internal sealed partial class CampaignJudge
{
    private readonly HashSet<LinkEntry> _framesSeen = []; // Of one judging, as the list below.
    private readonly List<LinkEntry> _frames = [];

    // An account that is flagged, or is no longer, tells something of all who send its frames.
    private void MarkFrames(LinkedAccount account)
    {
        if (!WasFlagged(account))
        {
            return;
        }

        foreach (var key in account.SharedKeys ?? [])
        {
            MarkFrame(key);
        }
    }

    private void MarkFrame(LinkEntry key)
    {
        if (key.Kind == LinkKind.Template && key.Accounts.Count >= _policy.AlikeAccountsMin && _framesSeen.Add(key))
        {
            _frames.Add(key);
        }
    }

    private void JudgeCompany(JudgeOutput output)
    {
        foreach (var key in _due)
        {
            MarkFrame(key);
        }

        foreach (var key in _frames)
        {
            var nats = _company.Judge(key, IsFlaggedOtherwise);
            var company = new Company(key.Key, nats, _company.Flagged.Count, _company.Flagged.Count + _company.Others.Count);
            foreach (var account in _company.Others)
            {
                Keep(account, CompanyJudge.IsOrdinary(account, key) ? company with { Nats = 0 } : company, output);
            }

            if (nats >= _policy.SuspectNats)
            {
                var members = _company.Flagged.Concat(_company.Others).Where(IsFlagged).ToList();
                _campaigns.Take(new GroupFinding(key, 0, 0, 0, 0, members, []) { Company = nats }, _nowMs);
            }
        }

        _frames.Clear();
        _framesSeen.Clear();
    }

    // The frame that speaks most against it counts; what that one says may also become less.
    private void Keep(LinkedAccount account, Company company, JudgeOutput output)
    {
        var known = account.Company;
        if (known.Frame == company.Frame ? known != company : company.Nats > known.Nats)
        {
            account.Company = company;
            Conclude(account, output);
        }
    }

    private static bool WasFlagged(LinkedAccount account) =>
        account.Level >= VerdictLevel.Suspect || account.Profile.FlaggedAtMs >= 0;

    // What it is accused of by its company does not accuse its company.
    private bool IsFlaggedOtherwise(LinkedAccount account)
    {
        if (_rulings.Of(account) == RulingFinding.Confirmed)
        {
            return true;
        }

        return WasFlagged(account) && AccountAssessment.Evidence(
            WorkloadExplanation.Leave(Assess(account) with { Company = default }, _policy), _policy) >= _policy.SuspectNats;
    }
}
