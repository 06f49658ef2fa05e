using System.Collections.Immutable;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Workloads;

/// <summary>
/// All declarations that ever held, each with its time: what holds at a moment of event time is a function of this alone,
/// so an exchange that is judged again is judged under the same declarations. Immutable; shared freely.
/// </summary>
public sealed class WorkloadRegister
{
    /// <summary>Declarations held, former ones too; at about 500 bytes each, 10,000 are 5 MB.</summary>
    public const int WorkloadsMax = 10_000;

    private readonly Dictionary<ulong, List<Holder>> _byAccount = [];
    private readonly Dictionary<uint, List<Workload>> _byOrganisation = [];
    private readonly long[] _moments;

    private WorkloadRegister(ImmutableArray<Workload> workloads)
    {
        Workloads = workloads;
        var moments = new SortedSet<long>();
        foreach (var workload in workloads)
        {
            moments.Add(workload.From.ToUnixTimeMilliseconds());
            moments.Add(workload.Until.ToUnixTimeMilliseconds());
            foreach (var account in workload.Accounts)
            {
                var id = System.Text.Encoding.UTF8.GetBytes(account);
                Of(_byAccount, KeyHash.Of(id)).Add(new Holder(id, workload));
            }

            if (workload.Organisation.Length > 0)
            {
                Of(_byOrganisation, KeyHash.ShortOf(KeyHash.Of(workload.Organisation))).Add(workload);
            }
        }

        _moments = [.. moments];
    }

    /// <summary>No declarations.</summary>
    public static WorkloadRegister Empty { get; } = new([]);

    /// <summary>Declarations with the times in which they hold, none of them a withdrawal.</summary>
    public ImmutableArray<Workload> Workloads { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Workloads.IsEmpty;

    /// <summary>
    /// The register of declarations as they were recorded: of one id, a later one ends the one before where it begins.
    /// </summary>
    public static WorkloadRegister Of(IEnumerable<Workload> recorded)
    {
        var inForce = new List<Workload>();
        var latest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var workload in recorded.OrderBy(static w => w.RecordedAt).ThenBy(static w => w.From))
        {
            if (latest.Remove(workload.Id, out var former) && inForce[former].Until > workload.From)
            {
                inForce[former] = inForce[former] with { Until = workload.From };
            }

            if (!workload.IsWithdrawal)
            {
                latest[workload.Id] = inForce.Count;
                inForce.Add(workload);
            }
        }

        return new WorkloadRegister([.. inForce.Where(static w => !w.IsWithdrawal)]);
    }

    /// <summary>First moment after a time at which something begins or ends to hold.</summary>
    public long NextMomentMs(long afterMs)
    {
        var at = Array.BinarySearch(_moments, afterMs);
        at = at >= 0 ? at + 1 : ~at;
        return at < _moments.Length ? _moments[at] : long.MaxValue;
    }

    /// <summary>
    /// What holds for an account at a time: a declaration that names it before one that names its organisation, and of
    /// these the one that began last. Allocates nothing.
    /// </summary>
    internal Workload? Find(AccountProfile profile, long atMs)
    {
        Workload? found = null;
        if (_byAccount.TryGetValue(profile.Key, out var holders))
        {
            foreach (var holder in holders)
            {
                if (holder.Workload.IsInForce(atMs) && (found is null || holder.Workload.From > found.From)
                    && profile.IdUtf8.SequenceEqual(holder.IdUtf8))
                {
                    found = holder.Workload;
                }
            }
        }

        if (found is null && profile.OrgKey != 0 && _byOrganisation.TryGetValue(profile.OrgKey, out var all))
        {
            foreach (var workload in all)
            {
                if (workload.IsInForce(atMs) && (found is null || workload.From > found.From))
                {
                    found = workload;
                }
            }
        }

        return found;
    }

    /// <summary>Whether any declaration, at any time, names the account or its organisation.</summary>
    internal bool Names(ulong key, uint orgKey) => _byAccount.ContainsKey(key) || _byOrganisation.ContainsKey(orgKey);

    private static List<T> Of<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }

    private readonly record struct Holder(byte[] IdUtf8, Workload Workload);
}

/// <summary>The register in force: one immutable object behind one reference. One writer, any readers.</summary>
public sealed class WorkloadsInForce
{
    private volatile WorkloadRegister _current = WorkloadRegister.Empty;

    /// <summary>To be taken once a batch.</summary>
    public WorkloadRegister Current => _current;

    /// <summary>From now on lanes judge by this.</summary>
    public void Put(WorkloadRegister register) => _current = register;
}
