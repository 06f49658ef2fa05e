using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

// Pools that take the place of a banned one: a campaign falls silent, and accounts that nobody knew before take up what
// convicted it. Who comes while it is at work is one more member; and where the old accounts come back, it only paused.
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
        if (!campaign.IsSucceeded(account.FirstToldMs, (long)_policy.SuccessorSilence.TotalMilliseconds))
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
}
