using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

// Pools that take the place of a banned one: a campaign falls silent, and accounts that nobody knew before take up what
// convicted it. Who comes while it is at work is one more member; and where the old accounts come back, it only paused. Where a
// person confirmed the campaign, nobody waits for its silence; where a person dismissed it, it has no successors.
internal sealed partial class CampaignJudge
{
    // A key that is no instrument of identity marks a campaign when so many of its members have it.
    private const double MarkShareMin = 0.1;

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

    // What many others use as well, a popular frame or a client, says nothing of who came; nor does a frame or an address that a
    // few members happen to have, as that of an application which their camouflage is taken from.
    private bool IsMarkOf(LinkEntry entry, CampaignState campaign)
    {
        var (members, successors) = (0, 0);
        foreach (var index in entry.Accounts)
        {
            members += campaign.Contains(index) ? 1 : 0;
            successors += _accounts[index].Predecessor == campaign.Number && !campaign.Contains(index) ? 1 : 0;
        }

        // Of a key that many have, those who came first are listed; the one who comes now is not yet.
        var listed = Math.Min(entry.AccountCount, entry.Accounts.Count + 1);
        var isTheirs = (members + successors) * 2 >= listed;
        return isTheirs && (LinkKinds.IsInstrument(entry.Kind)
            || members * (double)entry.AccountCount / listed >= MarkShareMin * campaign.Accounts.Count);
    }
}
