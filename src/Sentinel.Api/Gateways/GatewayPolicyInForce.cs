using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Sentinel.Detection.Policy;

namespace Sentinel.Api.Gateways;

/// <summary>
/// The <see cref="GatewayPolicy"/> in force: one immutable object behind one reference, replaced whole when the
/// configuration is read again. What is wrong then is logged and leaves the former one in force. Thread-safe.
/// </summary>
internal sealed partial class GatewayPolicyInForce : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ApiOptions _api;
    private readonly int _policyVersion;
    private readonly ILogger<GatewayPolicyInForce> _logger;
    private readonly IDisposable _reloads;
    private volatile GatewayPolicy _current;

    /// <exception cref="OptionsValidationException">The configuration is wrong; names every key.</exception>
    public GatewayPolicyInForce(
        IConfiguration configuration, IOptions<ApiOptions> api, DetectionPolicy policy,
        ILogger<GatewayPolicyInForce> logger)
    {
        (_configuration, _api, _policyVersion, _logger) = (configuration, api.Value, policy.Version, logger);
        if (!TryRead(out var options, out var faults))
        {
            throw new OptionsValidationException(GatewayOptions.Section, typeof(GatewayOptions), faults);
        }

        _current = new GatewayPolicy(options, _api, _policyVersion);
        TellKillSwitch(wasOn: false);
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Renew);
    }

    /// <summary>To be taken once for each request.</summary>
    public GatewayPolicy Current => _current;

    public void Dispose() => _reloads.Dispose();

    private void Renew()
    {
        if (!TryRead(out var options, out var faults))
        {
            Log.Refused(_logger, string.Join(' ', faults));
            return;
        }

        var wasOn = _current.Options.KillSwitch;
        _current = new GatewayPolicy(options, _api, _policyVersion);
        TellKillSwitch(wasOn);
    }

    private void TellKillSwitch(bool wasOn)
    {
        if (wasOn != _current.Options.KillSwitch)
        {
            Log.KillSwitch(_logger, wasOn ? "off: decisions are enforced" : "on: everything is allowed");
        }
    }

    private bool TryRead(out GatewayOptions options, out IReadOnlyList<string> faults)
    {
        try
        {
            options = _configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        }
        catch (InvalidOperationException cause)
        {
            options = new GatewayOptions();
            faults = [$"{cause.Message} {cause.InnerException?.Message}"]; // Not a number, say.
            return false;
        }

        var outcome = new GatewayOptionsValidator().Validate(GatewayOptions.Section, options);
        faults = [.. outcome.Failures ?? [], .. options.Faults()];
        return faults.Count == 0;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KillSwitch, LogLevel.Warning, "The kill switch is {State}.")]
        public static partial void KillSwitch(ILogger logger, string state);

        [LoggerMessage(
            EventIds.GatewaysRefused, LogLevel.Error,
            "The new settings of gateways are refused, the former stay: {Faults}")]
        public static partial void Refused(ILogger logger, string faults);
    }
}
