using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>What is answered when there is no answer.</summary>
public enum FailMode : byte
{
    /// <summary>The request goes on.</summary>
    Open,

    /// <summary>The request is turned away.</summary>
    Closed,
}

/// <summary>In whose format a refusal is written, so that clients raise their typed error.</summary>
public enum DenyFormat : byte
{
    /// <summary>Anthropic's for its paths and headers, else OpenAI's.</summary>
    Auto,

    /// <summary>OpenAI's.</summary>
    OpenAi,

    /// <summary>Anthropic's.</summary>
    Anthropic,
}

/// <summary>
/// How decisions are served to gateways. Read again whenever the configuration is; what is wrong then leaves the former
/// values in force.
/// </summary>
public sealed class GatewayOptions
{
    /// <summary>Section of the configuration: <c>Gateways</c>, in the environment
    /// <c>LLMSENTINEL_Gateways__…</c>.</summary>
    public const string Section = "Gateways";

    /// <summary>Plans that may have a fail mode of their own.</summary>
    public const int PlansMax = 1_000;

    /// <summary>Allows everything, with the reason <c>kill_switch</c>: for the day on which something is badly
    /// wrong.</summary>
    public bool KillSwitch { get; init; }

    /// <summary>What is answered when a request names no account, or nothing can be said about it. Default: it goes
    /// on.</summary>
    [EnumDataType(typeof(FailMode))]
    public FailMode FailMode { get; init; }

    /// <summary>The same for single gateways: <c>rest</c>, <c>nginx</c>, <c>haproxy</c>, <c>envoy</c>, <c>litellm</c>,
    /// <c>portkey</c>, <c>kong</c>.</summary>
    public Dictionary<string, FailMode> GatewayFailModes { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The same for single plans, where the gateway names the plan; outranks the gateway's.</summary>
    public Dictionary<string, FailMode> PlanFailModes { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How far the board may lag before fail-closed gateways turn away accounts that are not on it, seconds. Default
    /// 300.
    /// </summary>
    [Range(1, 86_400)]
    public int StaleMaxSeconds { get; init; } = 300;

    /// <summary>
    /// Longest delay between a verdict against an account and its enforcement, seconds: each account has its own within
    /// it, so that nobody finds a threshold by trying. Default 0: none.
    /// </summary>
    [Range(0, 604_800)]
    public int DelaySecondsMax { get; init; }

    /// <summary>Secret of at least 16 characters that draws the delays; the same in every process. Needed for a
    /// delay.</summary>
    [MaxLength(1_024)]
    public string DelayKey { get; init; } = "";

    /// <summary>
    /// Hours after which an action ends, by its name: from then on the account is observed. Counted from its latest verdict,
    /// which is written anew every day as long as the account goes on. An action without an entry lasts as long as the
    /// verdict stands. Default: none has one.
    /// </summary>
    public Dictionary<string, int> ActionHours { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Requests a minute that an account with the decision <c>throttle</c> may make; for the gateway to
    /// enforce.</summary>
    [Range(1, 1_000_000)]
    public int ThrottlePerMinute { get; init; } = 10;

    /// <summary>Share of the answers <c>allow</c> that the log keeps; of all others it keeps every one. Default one in a
    /// thousand.</summary>
    [Range(0.0, 1.0)]
    public double LogAllowShare { get; init; } = 0.001;

    /// <summary>Header in which a gateway names the account. Only the gateway may be able to set it.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string AccountHeader { get; init; } = "x-llm-sentinel-account";

    /// <summary>Header in which a gateway names the account's plan, if it does.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string PlanHeader { get; init; } = "x-llm-sentinel-plan";

    /// <summary>Header in which a gateway names the API key by an id or hash; never the key itself.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string ApiKeyHeader { get; init; } = "x-llm-sentinel-api-key-id";

    /// <summary>Header in which a gateway names the organisation.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string OrganisationHeader { get; init; } = "x-llm-sentinel-org";

    /// <summary>Header in which a gateway names the payment instrument by the hash that its events carry.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string PaymentHeader { get; init; } = "x-llm-sentinel-payment-hash";

    /// <summary>Header in which a gateway names the client's address.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$")]
    public string AddressHeader { get; init; } = "x-llm-sentinel-address";

    /// <summary>Key of Portkey's metadata that names the account.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,64}$")]
    public string PortkeyAccountKey { get; init; } = "_user";

    /// <summary>In whose format Envoy's clients are refused.</summary>
    [EnumDataType(typeof(DenyFormat))]
    public DenyFormat DenyFormat { get; init; }

    /// <summary>
    /// Most of a body that is searched for the account, where a gateway names it nowhere else. It is read in passing:
    /// 64 KiB at most are held. Default 32 MiB, the largest request that Anthropic's API takes.
    /// </summary>
    [Range(1_024, 256 * 1024 * 1024)]
    public int BodyBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>What no attribute can say of a property.</summary>
    internal IEnumerable<string> Faults()
    {
        const int KeyCharsMin = 16;
        const int ActionHoursMax = 8_784;
        if (DelaySecondsMax > 0 && DelayKey.Length < KeyCharsMin)
        {
            yield return $"{Section}:{nameof(DelayKey)}: a delay needs a key of at least {KeyCharsMin} characters.";
        }

        if (PlanFailModes.Count > PlansMax)
        {
            yield return $"{Section}:{nameof(PlanFailModes)}: at most {PlansMax}.";
        }

        foreach (var (name, hours) in ActionHours)
        {
            if (WireNames.Actions.IndexOf(name) <= (int)DecisionAction.Observe || hours is < 1 or > ActionHoursMax)
            {
                yield return $"{Section}:{nameof(ActionHours)}:{name}: an action against an account, for 1..{ActionHoursMax} hours.";
            }
        }

        foreach (var name in GatewayFailModes.Keys.Where(static name => !GatewayKinds.TryParse(name, out _)))
        {
            yield return $"{Section}:{nameof(GatewayFailModes)}:{name}: no such gateway.";
        }
    }
}

/// <summary>Checks <see cref="GatewayOptions"/>.</summary>
[OptionsValidator]
public sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
