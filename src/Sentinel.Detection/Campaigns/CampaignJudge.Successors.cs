using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

// Pools that take the place of a banned one: a campaign falls silent, and accounts that nobody knew before take up what
// convicted it. Who comes while it is at work is one more member; and where the old accounts come back, it only paused. Where a
// person confirmed the campaign, nobody waits for its silence; where a person dismissed it, it has no successors.
internal sealed partial class CampaignJudge
{
    private long _reachedMs;

    /// <summary>A member of a campaign was told of again, so it is at work.</summary>
    private void NoteActivity(LinkedAccount account)
    {
        if (account.Campaign >= 0)
        {
            _campaigns[account.Campaign].NoteActivity(_reachedMs, account.Predecessor < 0);
        }
    }

    private void NoteSuccessor(LinkEntry entry, LinkedAccount account, EdgeMember member)
    {
        if (entry.Campaign < 0 || entry.Kind == LinkKind.Successor || account.Campaign >= 0 || account.Predecessor >= 0)
        {
            return;
        }

        var campaign = _campaigns[entry.Campaign];
        _rulings.NowMs = Math.Max(_nowMs, _reachedMs);
        var isSucceeded = campaign.IsSucceeded(account.FirstToldMs, (long)_policy.SuccessorSilence.TotalMilliseconds)
            || (campaign.Finding == RulingFinding.Confirmed && account.FirstToldMs >= campaign.FoundMs);
        if (!isSucceeded || campaign.Finding == RulingFinding.Innocent || _rulings.IsInnocent(account) || !IsMarkOf(entry, campaign))
        {
            return;
        }

        account.Predecessor = campaign.Number;
        MarkDirty(account);
        var key = LinkKeys.Of(LinkKind.Successor, (ulong)campaign.Number + 1);
        var successors = _keys.GetOrAdd(LinkKind.Successor, key);
        var more = Tie(successors, account, member);
        successors.Book(new EdgeChange(LinkKind.Successor, key, more, 0, 0, false, member.AtMs, null));
    }

    // What many others use as well, a popular frame of the camouflage or a client, says nothing of who came.
    private bool IsMarkOf(LinkEntry entry, CampaignState campaign)
    {
        var own = 0;
        foreach (var index in entry.Accounts)
        {
            var account = _accounts[index];
            own += campaign.Contains(index) || account.Predecessor == campaign.Number ? 1 : 0;
        }

        return own * 2 >= entry.AccountCount;
    }
}
