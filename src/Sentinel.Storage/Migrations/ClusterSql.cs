using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Sentinel.Storage.Migrations;

// Turns a statement for one server into those for a cluster. The migrations stay SQL that runs as it is read; here is
// all that differs:
// - a table T becomes T_local, replicated within each shard, and T a distributed table over it, so that every query
//   and insert of the program is the same on both;
// - what changes a table or feeds one from another works on the local ones, where the rows are;
// - everything says ON CLUSTER.
// A statement of any other shape is refused, not passed on: it would take effect on one node only.
internal static partial class ClusterSql
{
    /// <summary>What the name of a node's own table ends in.</summary>
    public const string Local = "_local";

    // Which shard a row lives on. Most go by the partition of the log: a block stays whole and so one part, what
    // replaces each other meets on one shard, and a lane reads one shard. Sums may lie anywhere: queries add them up.
    private static readonly FrozenDictionary<string, string> ShardingKeys = new Dictionary<string, string>
    {
        ["exchanges"] = "partition",
        ["verdicts"] = "partition",
        ["campaigns"] = "partition",
        ["links"] = "partition",
        ["dead_letters"] = "cityHash64(source)",
        ["decisions"] = "cityHash64(account_id)",
        ["calibration_days"] = "cityHash64(day)",
        ["calibration_spreads"] = "cityHash64(model_version)",
        ["workloads"] = "cityHash64(workload_id)",
        ["case_events"] = "cityHash64(case_id)",
        ["cases"] = "cityHash64(case_id)",
        ["rulings"] = "cityHash64(subject)",
        ["ruling_findings"] = "cityHash64(account)",
        ["idempotent_answers"] = "cityHash64(key)",
        ["saved_views"] = "cityHash64(owner)",
        ["shared_reports"] = "cityHash64(recipient)",
        ["imported_keys"] = "cityHash64(source)",
        ["webhook_marks"] = "cityHash64(target)",
        ["webhook_dead_letters"] = "cityHash64(target)",
        ["webhook_leases"] = "cityHash64(name)",
        // One row after another: all of them on one shard.
        ["audit_log"] = "0",
        ["people"] = "0",
        ["install_keys"] = "0",
        ["snapshot_heads"] = "cityHash64(name)",
        ["snapshot_parts"] = "cityHash64(name)",
        ["exchanges_by_hour"] = "cityHash64(hour)",
        ["accounts_by_hour"] = "cityHash64(hour)",
        ["detections_by_day"] = "cityHash64(day)",
        ["dead_letters_by_hour"] = "cityHash64(hour)",
    }.ToFrozenDictionary();

    /// <summary>The statements for a cluster, in order; each can be run again.</summary>
    public static ImmutableArray<string> Rewrite(string statement, string cluster)
    {
        var sql = LeadingComments().Replace(statement, string.Empty);
        if (CreateTable().Match(sql) is { Success: true } table && Engine().IsMatch(sql))
        {
            var name = table.Groups[1].Value;
            var head = $"CREATE TABLE IF NOT EXISTS {name}{Local} ON CLUSTER '{cluster}'";
            return
            [
                head + Engine().Replace(sql[table.Length..], "ENGINE = Replicated$1", count: 1),
                Distributed("CREATE TABLE IF NOT EXISTS", name, cluster),
            ];
        }

        if (AlterTable().Match(sql) is { Success: true } change)
        {
            var name = change.Groups[1].Value;
            var local = $"ALTER TABLE {name}{Local} ON CLUSTER '{cluster}'{sql[change.Length..]}";
            return sql.Contains(" COLUMN ", StringComparison.Ordinal)
                ? [local, Distributed("CREATE OR REPLACE TABLE", name, cluster)]
                : [local];
        }

        if (CreateView().Match(sql) is { Success: true } view)
        {
            var select = Source().Replace(sql[view.Length..], $"FROM $1{Local}", count: 1);
            return
            [
                $"CREATE MATERIALIZED VIEW IF NOT EXISTS {view.Groups[1].Value} ON CLUSTER '{cluster}' "
                    + $"TO {view.Groups[2].Value}{Local} AS{select}",
            ];
        }

        throw new MigrationException($"This statement is not one that is known to work on a cluster: {FirstLine(sql)}");
    }

    private static string Distributed(string create, string name, string cluster) =>
        ShardingKeys.TryGetValue(name, out var key)
            ? $"{create} {name} ON CLUSTER '{cluster}' AS {name}{Local} "
                + $"ENGINE = Distributed('{cluster}', currentDatabase(), {name}{Local}, {key})"
            : throw new MigrationException($"It is not said by which key the table {name} spreads over a cluster.");

    private static string FirstLine(string sql) => sql.Split('\n', 2)[0];

    [GeneratedRegex(@"\A(\s*--[^\n]*\n)*\s*")]
    private static partial Regex LeadingComments();

    [GeneratedRegex(@"\ACREATE TABLE IF NOT EXISTS (\w+)\b")]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"^ENGINE = (\w*MergeTree)\b", RegexOptions.Multiline)]
    private static partial Regex Engine();

    [GeneratedRegex(@"\AALTER TABLE (\w+)\b")]
    private static partial Regex AlterTable();

    [GeneratedRegex(@"\ACREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS\b")]
    private static partial Regex CreateView();

    [GeneratedRegex(@"^FROM (\w+)\b", RegexOptions.Multiline)]
    private static partial Regex Source();
}
