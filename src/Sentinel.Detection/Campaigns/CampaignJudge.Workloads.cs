using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Campaigns;

// Verified workloads, which explain some of the evidence against some accounts for some time.
internal sealed partial class CampaignJudge
{
    private readonly WorkloadWatch _workloads = new();

    /// <summary>From now on evidence is explained by these workloads, each in its time.</summary>
    public void UseWorkloads(WorkloadRegister register) => _workloads.Use(register);

    private Workload? WorkloadOf(LinkedAccount account) =>
        _workloads.Register.IsEmpty ? null : _workloads.Register.Find(account.Profile, Math.Max(_nowMs, _reachedMs));

    // A workload began or ended to hold: the accounts that it names may stand otherwise.
    private void ConcludeNamed(long nowMs, long offset, JudgeOutput output)
    {
        if (!_workloads.TakeChange(nowMs))
        {
            return;
        }

        (_nowMs, _offset) = (Math.Max(nowMs, _nowMs), offset);
        foreach (var account in _accounts.All)
        {
            if (_workloads.Names(account.Profile.Key, account.Profile.OrgKey))
            {
                Conclude(account, output);
            }
        }
    }
}
