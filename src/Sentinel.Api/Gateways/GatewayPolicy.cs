using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>
/// How decisions are served, as it is in force: immutable, and with the texts that every answer needs already made.
/// </summary>
internal sealed class GatewayPolicy
{
    private readonly FailMode[] _ofGateways;
    private readonly FrozenDictionary<string, FailMode> _ofPlans;
    private readonly FrozenDictionary<string, FailMode>.AlternateLookup<ReadOnlySpan<char>> _byPlan;
    private readonly TimeSpan[] _actionTimes;
    private readonly string _decisionTtl;
    private readonly string _noVerdictTtl;

    /// <param name="options">Checked before.</param>
    /// <param name="api">Times of answers.</param>
    /// <param name="policyVersion">Version of the detection policy.</param>
    public GatewayPolicy(GatewayOptions options, ApiOptions api, int policyVersion)
    {
        Options = options;
        DecisionTtlSeconds = api.DecisionTtlSeconds;
        NoVerdictTtlSeconds = api.NoVerdictTtlSeconds;
        StaleAfter = TimeSpan.FromSeconds(api.StaleAfterSeconds);
        StaleMax = TimeSpan.FromSeconds(options.StaleMaxSeconds);
        PolicyVersion = policyVersion;
        NoVerdictId = string.Create(CultureInfo.InvariantCulture, $"none-{policyVersion}");
        ThrottleRate = options.ThrottlePerMinute.ToString(CultureInfo.InvariantCulture);
        _decisionTtl = DecisionTtlSeconds.ToString(CultureInfo.InvariantCulture);
        _noVerdictTtl = NoVerdictTtlSeconds.ToString(CultureInfo.InvariantCulture);
        _ofPlans = options.PlanFailModes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _byPlan = _ofPlans.GetAlternateLookup<ReadOnlySpan<char>>();
        _ofGateways = new FailMode[GatewayKinds.Names.Length];
        Array.Fill(_ofGateways, options.FailMode);
        foreach (var (name, mode) in options.GatewayFailModes)
        {
            if (GatewayKinds.TryParse(name, out var kind))
            {
                _ofGateways[(int)kind] = mode;
            }
        }

        _actionTimes = [.. WireNames.Actions.Select(name =>
            options.ActionHours.TryGetValue(name, out var hours) ? TimeSpan.FromHours(hours) : TimeSpan.MaxValue)];
        Delay = options.DelaySecondsMax == 0 ? null : new EnforcementDelay(
            Encoding.UTF8.GetBytes(options.DelayKey), TimeSpan.FromSeconds(options.DelaySecondsMax));
    }

    /// <summary>What it was made of.</summary>
    public GatewayOptions Options { get; }

    /// <summary>How long a decision may be reused.</summary>
    public int DecisionTtlSeconds { get; }

    /// <summary>How long the answer for an account without verdict may be reused.</summary>
    public int NoVerdictTtlSeconds { get; }

    /// <summary>Past this lag answers say that they are stale.</summary>
    public TimeSpan StaleAfter { get; }

    /// <summary>Past this lag a missing verdict means nothing.</summary>
    public TimeSpan StaleMax { get; }

    /// <summary>Version of the detection policy.</summary>
    public int PolicyVersion { get; }

    /// <summary>Decision id of an account without verdict.</summary>
    public string NoVerdictId { get; }

    /// <summary>Requests a minute of a throttled account, as text.</summary>
    public string ThrottleRate { get; }

    /// <summary>Ids of decisions that follow from verdicts.</summary>
    public DecisionIds Ids { get; } = new();

    /// <summary>Delay of enforcement, or null.</summary>
    public EnforcementDelay? Delay { get; }

    /// <summary>How long an action lasts after the verdict that it follows from.</summary>
    public TimeSpan TimeOf(DecisionAction action) => _actionTimes[(int)action];

    /// <summary>What is answered when there is no answer: the plan's mode, else the gateway's, else the general
    /// one.</summary>
    public FailMode FailModeOf(GatewayKind gateway, ReadOnlySpan<char> plan) =>
        !plan.IsEmpty && _ofPlans.Count > 0 && _byPlan.TryGetValue(plan, out var mode)
            ? mode
            : _ofGateways[(int)gateway];

    /// <summary>Seconds as text.</summary>
    public string TextOfTtl(int seconds) =>
        seconds == DecisionTtlSeconds ? _decisionTtl
        : seconds == NoVerdictTtlSeconds ? _noVerdictTtl
        : seconds.ToString(CultureInfo.InvariantCulture);
}
