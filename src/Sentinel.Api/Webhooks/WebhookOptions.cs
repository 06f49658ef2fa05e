using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Api.Webhooks;

/// <summary>Who is told of what happens.</summary>
public sealed class WebhookOptions
{
    /// <summary>Section of the configuration: <c>Webhooks</c>, in the environment <c>LLMSENTINEL_Webhooks__…</c>.</summary>
    public const string Section = "Webhooks";

    /// <summary>Most targets.</summary>
    public const int TargetsMax = 32;

    /// <summary>Those who are told.</summary>
    public IList<WebhookTargetOptions> Targets { get; } = [];

    /// <summary>How often an event is tried before it is a dead letter. Default 6: half a minute of waiting, twice as long each time.</summary>
    [Range(1, 20)]
    public int AttemptsMax { get; set; } = 6;

    /// <summary>How long a target may take to answer, seconds.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>How often it is looked for what happened, seconds.</summary>
    [Range(1, 3_600)]
    public int LookSeconds { get; set; } = 5;
}

/// <summary>One who is told.</summary>
public sealed class WebhookTargetOptions
{
    /// <summary>Names the target; how far it was told is kept under it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where to: http or https.</summary>
    public string Url { get; set; } = "";

    /// <summary><c>webhook</c>, or <c>splunk</c> for an HTTP Event Collector.</summary>
    public string Kind { get; set; } = "webhook";

    /// <summary>What webhooks are signed with, or Splunk's token.</summary>
    public string Secret { get; set; } = "";

    /// <summary>File that holds it instead.</summary>
    public string SecretFile { get; set; } = "";

    /// <summary>Kinds of events with commas between them; empty: all.</summary>
    public string Events { get; set; } = "";

    /// <summary>
    /// Of Splunk: a recipient of <c>Sharing</c>, through whose profile reports go; each is a share then, and nothing but reports is
    /// told. Empty: the profile <c>internal</c>.
    /// </summary>
    public string Recipient { get; set; } = "";
}

/// <summary>Checks <see cref="WebhookOptions"/>.</summary>
[OptionsValidator]
public sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
