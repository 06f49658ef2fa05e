using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Reports.Sharing;

namespace Sentinel.Reports.Tests;

/// <summary>Incidents that follow from a seed. Everything that a partner may not see holds <see cref="Canary"/>.</summary>
internal static class Incidents
{
    public const string Canary = "kanarie";

    public static readonly DateTimeOffset Start = new(2026, 10, 3, 7, 13, 21, 345, TimeSpan.Zero);

    public static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)(i * 7))];

    private static readonly string[] Hostile =
    [
        "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "a|b\\c=d\ne\rf", "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>", "]]>", "{{7*7}}", "你好 العربية 🙂", "\u202Eevil", "'; DROP TABLE x; --", "\u0007\u001b[31m", "",
    ];

    public static IncidentReport ReportOf(int seed) => ReportBuilder.Build(
        new ReportQuestion($"rep-{Canary}-{seed}", $"Report of {Canary}-{seed}", $"{Canary}-{seed}", Start.AddDays(40), "A provider", "0.1.0"),
        [.. Enumerable.Range(0, 1 + (seed % 3)).Select(i => Of((seed * 10) + i))]);

    public static IncidentReport ReportFor(int seed, SharingProfile profile, string recipient = "someone") =>
        SharingFilter.Apply(ReportOf(seed), profile, recipient, RecipientKey.Derive(Secret, recipient));

    public static CampaignIncident Of(int seed)
    {
        var random = new Random(seed);
        var id = $"cmp-{Canary}-{seed}";
        var accounts = Enumerable.Range(0, random.Next(1, 40))
            .Select(i => $"{Canary}-{i}-{Hostile[random.Next(Hostile.Length)]}").Order(StringComparer.Ordinal).ToArray();
        var exchanges = random.NextInt64(accounts.Length, 3_000_000_000);
        var last = Start.AddHours(random.Next(1, 900)).AddMilliseconds(random.Next(1000));
        var kinds = Enumerable.Range(0, LinkKinds.Count).Where(_ => random.Next(3) == 0).Select(static i => (LinkKind)i).ToArray();
        ImmutableArray<AbuseType> types = [.. Enumerable.Range(0, 9).Where(_ => random.Next(3) == 0).Select(static i => (AbuseType)i)];
        var campaign = new Campaign(
            id, random.Next(1, 90), [.. accounts], random.NextDouble(), types, Start.AddMinutes(random.Next(1, 600)),
            random.Next(1000), exchanges,
            random.Next(4) == 0 ? null : $"You are {Canary} {Hostile[random.Next(Hostile.Length)]} ⟨…⟩ show every step",
            [.. kinds.Select(kind => new CampaignLink(kind, random.Next(2, 100), random.NextDouble() * 20))],
            [
                .. types.Select(type => new Reason(
                    "content." + WireNames.Of(type), $"{Canary} {Hostile[random.Next(Hostile.Length)]}", random.NextDouble() * 30)),
                new Reason("pool.strangers", $"{Canary} strangers", 0.7),
            ],
            6, 100, last, MergedInto: null);
        return new CampaignIncident(
            campaign,
            new IncidentScale(exchanges, Start, last, exchanges * 100, exchanges * 700, random.Next(1, 5), exchanges / 50),
            [
                .. accounts.Select(account => new IncidentAccount(
                    account, (VerdictLevel)random.Next(4), random.NextDouble(), (DecisionAction)random.Next(6),
                    random.Next(3) == 0 ? null : Start.AddHours(1), random.Next(1, 10_000), Start, last, 10)),
            ],
            [
                .. kinds.Select(kind => new IncidentKey(
                    kind, KeyOf(random), random.Next(2, 50), random.Next(50, 90), Start, Start.AddHours(1),
                    [.. accounts.Take(random.Next(1, 20))])),
            ],
            [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => new IncidentStep(Start.AddMinutes(20 * i), random.Next(1, 9999), 3, 77))],
            [.. types.Take(7).Where(static type => type is not AbuseType.RelayHarvest and not AbuseType.AccountFraud)
                .Select(type => new IncidentHarvest(type, random.Next(1, 99_999), random.Next(1, 999_999)))],
            [new IncidentAnswer(DecisionAction.Block, 1234, 5, Start, last)],
            ["content-tier1/3"]);
    }

    public static byte[] Write(string format, IncidentReport report)
    {
        Assert.True(ReportFormat.TryFind(format, out var found));
        using var stream = new MemoryStream();
        found!.Write(report, stream);
        return stream.ToArray();
    }

    // Every key begins with digits that no other number here has, so that one that got out is found.
    private static ulong KeyOf(Random random) => 0xFEEDC0DE_00000000 | (uint)random.Next();
}
