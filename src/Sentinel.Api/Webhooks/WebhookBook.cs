using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Sentinel.Api.Reports;

namespace Sentinel.Api.Webhooks;

/// <summary>One who is told, checked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where to.</param>
/// <param name="IsSplunk">Whether it is an HTTP Event Collector.</param>
/// <param name="Secret">What webhooks are signed with, or Splunk's token.</param>
/// <param name="Events">Kinds of events.</param>
/// <param name="Recipient">Through whose profile reports go, or null for the house itself.</param>
internal sealed record WebhookTarget(
    string Name, Uri Url, bool IsSplunk, string Secret, FrozenSet<string> Events, Recipient? Recipient)
{
    public override string ToString() => Name; // Never the secret.
}

/// <summary>What is configured of webhooks, checked. Immutable.</summary>
internal sealed record WebhookBook(ImmutableArray<WebhookTarget> Targets, int AttemptsMax, TimeSpan Timeout, TimeSpan LookEvery)
{
    private const string Splunk = "splunk";
    private const int NameMax = 64;
    private const int SecretLeast = 16;

    /// <summary>Reads what is configured.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; names every key.</exception>
    public static WebhookBook Read(IConfiguration configuration, SharingBook sharing)
    {
        var options = new WebhookOptions();
        var faults = new List<string>();
        try
        {
            configuration.GetSection(WebhookOptions.Section).Bind(options);
            faults.AddRange(new WebhookOptionsValidator().Validate(WebhookOptions.Section, options).Failures ?? []);
        }
        catch (InvalidOperationException cause)
        {
            faults.Add($"{WebhookOptions.Section}: {cause.Message}"); // Not a number, say.
        }

        if (options.Targets.Count > WebhookOptions.TargetsMax)
        {
            faults.Add($"{WebhookOptions.Section}:Targets: {options.Targets.Count} targets, and at most {WebhookOptions.TargetsMax} are told.");
        }

        var targets = options.Targets.Take(WebhookOptions.TargetsMax)
            .Select((item, i) => TargetOf(item, $"{WebhookOptions.Section}:Targets:{i}", sharing, faults)).ToImmutableArray();
        if (targets.CountBy(static target => target.Name).FirstOrDefault(static one => one.Value > 1).Key is { } twice)
        {
            faults.Add($"{WebhookOptions.Section}:Targets: {twice} is there twice; dead letters and what was told are kept by name.");
        }

        return faults.Count == 0
            ? new WebhookBook(
                targets, options.AttemptsMax, TimeSpan.FromSeconds(options.TimeoutSeconds), TimeSpan.FromSeconds(options.LookSeconds))
            : throw new OptionsValidationException(WebhookOptions.Section, typeof(WebhookOptions), faults);
    }

    private static WebhookTarget TargetOf(WebhookTargetOptions item, string key, SharingBook sharing, List<string> faults)
    {
        if (item.Name.Length is 0 or > NameMax || !item.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
        {
            faults.Add($"{key}:Name is 1 to {NameMax} letters, digits, underscores and dots.");
        }

        if (item.Kind is not ("webhook" or Splunk))
        {
            faults.Add($"{key}:Kind is webhook or {Splunk}.");
        }

        var events = item.Events.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var unknown in events.Where(static name => !WebhookEvent.Kinds.Contains(name)))
        {
            faults.Add($"{key}:Events: {unknown} is none of {string.Join(", ", WebhookEvent.Kinds)}.");
        }

        return new WebhookTarget(
            item.Name, UrlOf(item, key, faults), item.Kind == Splunk, SecretOf(item, key, faults),
            (events.Length == 0 ? [.. WebhookEvent.Kinds] : events).ToFrozenSet(StringComparer.Ordinal),
            RecipientOf(item, key, sharing, faults));
    }

    private static Uri UrlOf(WebhookTargetOptions item, string key, List<string> faults)
    {
        if (Uri.TryCreate(item.Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.UserInfo.Length == 0)
        {
            return url;
        }

        faults.Add($"{key}:Url is an address with http or https and without a password in it.");
        return new Uri("http://localhost");
    }

    private static Recipient? RecipientOf(WebhookTargetOptions item, string key, SharingBook sharing, List<string> faults)
    {
        if (item.Recipient.Length == 0)
        {
            return null;
        }

        var recipient = sharing.FindRecipient(item.Recipient);
        if (recipient is null || item.Kind != Splunk)
        {
            faults.Add($"{key}:Recipient is a recipient of {SharingOptions.Section}, and of {Splunk} alone: webhooks carry no report.");
        }

        return recipient;
    }

    private static string SecretOf(WebhookTargetOptions item, string key, List<string> faults)
    {
        if (item.Secret.Length > 0 == item.SecretFile.Length > 0)
        {
            faults.Add($"{key} needs either Secret or SecretFile.");
            return "";
        }

        try
        {
            var secret = (item.Secret.Length > 0 ? item.Secret : File.ReadAllText(item.SecretFile)).Trim();
            if (secret.Length < SecretLeast || !secret.All(static c => c is > ' ' and <= '~'))
            {
                faults.Add($"{key}: the secret is {SecretLeast} or more printable characters.");
            }

            return secret;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{key}:SecretFile cannot be read: {cause.Message}");
            return "";
        }
    }
}
