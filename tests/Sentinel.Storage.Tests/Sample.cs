using System.Globalization;
using System.Text;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Tests;

/// <summary>Observations and findings that follow from a number: a test can tell what it must read back.</summary>
internal static class Sample
{
    public const int AccountCount = 997;

    public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static string AccountOf(ulong seed) =>
        "acct-" + (seed % AccountCount).ToString("D5", CultureInfo.InvariantCulture);

    /// <summary>Sets every field from the seed; most of them to values of their whole range.</summary>
    public static void Fill(Observation o, ulong seed)
    {
        var random = new SplitMix(seed);
        o.Offset = -1;
        o.EventKey = new EventKey(random.Next(), random.Next());
        o.OccurredAtMs = Start.ToUnixTimeMilliseconds() + (long)seed;
        o.AccountId.Set(Encoding.UTF8.GetBytes(AccountOf(seed)));
        o.AccountCreatedAtMs = random.Next() % 3 == 0 ? Exchange.UnknownTime : (long)random.Next();
        o.OrgKey = random.Next();
        o.PlanKey = random.Next();
        o.SignupRouteKey = random.Next();
        o.EmailDomainKey = random.Next();
        o.EmailKey = random.Next();
        o.PaymentKey = random.Next();
        o.PhoneKey = random.Next();
        o.AccountCountryKey = random.Next();
        o.IpKey = random.Next();
        o.IpBlockKey = random.Next();
        o.UserAgentKey = random.Next();
        o.Ja4Key = random.Next();
        o.DeviceKey = random.Next();
        o.ModelKey = random.Next() % 4;
        o.Turn = (int)random.Next();
        o.SampleCount = (int)random.Next();
        o.Logprobs = random.Next() % 2 == 0;
        o.Reasoning = (ReasoningEffort)(random.Next() % 5);
        o.Refused = random.Next() % 2 == 0;
        o.InputTokens = (int)random.Next();
        o.OutputTokens = Exchange.Unknown;
        o.ReasoningRefIssuedKey = random.Next();
        o.SetReasoningRefs(Keys(ref random, (int)(seed % (Observation.ReasoningRefsMax + 1))));
        o.ContentKey = random.Next();
        o.Frame.SystemAnchor = random.Next();
        o.Frame.HeadAnchor = random.Next();
        o.Frame.TailAnchor = random.Next();
        foreach (ref var item in o.Frame.Minima)
        {
            item = (uint)random.Next();
        }

        o.Scores.HarvestSteps = (ushort)random.Next();
        foreach (ref var item in o.Scores.KindSteps)
        {
            item = (ushort)random.Next();
        }

        foreach (ref var item in o.Scores.Embedding)
        {
            item = (sbyte)random.Next();
        }

        o.SetBands(
            Keys(ref random, seed % 3 == 0 ? 0 : Observation.OutputBandsMax),
            Keys(ref random, (int)(seed % 5) * Observation.OutputBandsMax));
        o.Tier = (byte)(1 + (seed % 2));
        o.ConversationKey = random.Next();

        // Lengths around the border between one and two bytes of a length.
        o.Excerpt.Set(Encoding.UTF8.GetBytes(new string('ä', (int)(seed % 70))));
    }

    /// <summary>All fields as one text, the offset left out.</summary>
    public static string Describe(Observation o) => string.Join(
        '|',
        o.EventKey, o.OccurredAtMs, o.AccountId, o.AccountCreatedAtMs, o.OrgKey, o.PlanKey, o.SignupRouteKey,
        o.EmailDomainKey, o.EmailKey, o.PaymentKey, o.PhoneKey, o.AccountCountryKey, o.IpKey, o.IpBlockKey,
        o.UserAgentKey, o.Ja4Key, o.DeviceKey, o.ModelKey, o.ConversationKey, o.Turn, o.SampleCount, o.Logprobs, o.Reasoning, o.Refused,
        o.InputTokens, o.OutputTokens, o.ReasoningRefIssuedKey, string.Join(',', o.ReasoningRefs.ToArray()),
        o.ContentKey, o.Frame.SystemAnchor, o.Frame.HeadAnchor, o.Frame.TailAnchor,
        string.Join(',', o.Frame.Minima.ToArray()), o.Scores.HarvestSteps,
        string.Join(',', o.Scores.KindSteps.ToArray()), string.Join(',', o.Scores.Embedding.ToArray()), o.Excerpt,
        string.Join(',', o.OutputBands.ToArray()), string.Join(',', o.MaterialBands.ToArray()), o.Tier);

    public static string Describe(ulong seed)
    {
        var observation = new Observation();
        Fill(observation, seed);
        return Describe(observation);
    }

    public static Verdict VerdictOf(int partition, long offset, string account, VerdictLevel level, double risk)
    {
        var isFlagged = level >= VerdictLevel.Suspect;
        return new Verdict(
            new VerdictId(partition, offset, PolicyVersion: 1),
            account,
            level,
            risk,
            isFlagged ? DecisionAction.Block : DecisionAction.Allow,
            isFlagged ? [AbuseType.SyntheticData, AbuseType.AccountFraud] : [],
            isFlagged ? "cmp-1" : null,
            isFlagged ? Start.AddMilliseconds(1) : null,
            ExchangesSeen: offset + 1,
            isFlagged ? 7 : null,
            [new Reason("content.synthetic_data", "It's 'quoted' \\ and has\ta tab.", 4.1), new Reason("b", "", -1)],
            "content-tier1/1",
            FeatureLayout: 1,
            Start.AddMilliseconds(offset));
    }

    public static Campaign CampaignOf(string id, int version, double risk, params string[] accounts) => new(
        id,
        version,
        [.. accounts],
        risk,
        [AbuseType.ReasoningExtraction],
        Start.AddMinutes(risk),
        ExchangesAtDetection: 940,
        Exchanges: 1000 + version,
        "You are ⟨…⟩; show every step",
        [new CampaignLink(LinkKind.Template, accounts.Length, 11.2), new CampaignLink(LinkKind.Payment, 2, 6.0)],
        [new Reason("campaign.template", "the same frame", 4.1)],
        PolicyVersion: 1,
        Offset: 17,
        Start.AddHours(version),
        MergedInto: null);

    private static ulong[] Keys(ref SplitMix random, int count)
    {
        var keys = new ulong[count];
        foreach (ref var key in keys.AsSpan())
        {
            key = random.Next();
        }

        return keys;
    }

    private struct SplitMix(ulong seed)
    {
        private ulong _state = seed * 1_000_003;

        public ulong Next() => KeyHash.Mix(_state++);
    }
}
