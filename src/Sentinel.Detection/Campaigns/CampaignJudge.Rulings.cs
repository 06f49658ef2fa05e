using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

// What people ruled. It counts for groups alone: the account itself is answered by its ruling, whatever the machine says.
internal sealed partial class CampaignJudge
{
    private readonly RulingLens _rulings = new();
    private long _ruledThroughMs;

    /// <summary>From now on groups are judged under these rulings, each in its time.</summary>
    public void UseRulings(RulingRegister register) => _rulings.Register = register;

    // Before groups are judged: what was ruled since they last were, and what it makes of campaigns.
    private void TakeRulings()
    {
        _rulings.NowMs = _nowMs;
        foreach (var key in _rulings.Register.ChangedWithin(_ruledThroughMs, _nowMs))
        {
            if (_accounts.Find(key) is { SharedKeys: { } keys })
            {
                foreach (var entry in keys)
                {
                    MarkDirty(entry);
                }
            }
        }

        _ruledThroughMs = Math.Max(_ruledThroughMs, _nowMs);
        foreach (var campaign in _campaigns.Standing)
        {
            campaign.Find(_rulings.Of(campaign, _accounts), _nowMs);
        }
    }
}
