using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Review;

/// <summary>Accounts that run a workload somebody vouched for.</summary>
internal static class VerifiedAccounts
{
    /// <summary>Those whose declaration holds at a time.</summary>
    public static HashSet<string> VerifiedAt(this WorkloadsInForce workloads, DateTimeOffset now) => workloads.Current.Workloads
        .Where(workload => !workload.IsWithdrawal && workload.From <= now && now < workload.Until)
        .SelectMany(static workload => workload.Accounts)
        .ToHashSet(StringComparer.Ordinal);
}
