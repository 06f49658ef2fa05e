using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sentinel.Hosting.Serving;

/// <summary>
/// Reads the configuration again when the process gets SIGHUP, for the settings that say that they can change. A file that
/// is no configuration leaves everything as it was. <see cref="ModelReload"/> sees to it that the process goes on.
/// </summary>
internal sealed partial class SettingsReload(IConfigurationRoot configuration, ILogger<SettingsReload> logger)
    : IHostedService, IDisposable
{
    private readonly Lock _reading = new();
    private PosixSignalRegistration? _hangUp;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Read());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _hangUp?.Dispose();

    private void Read()
    {
        lock (_reading)
        {
            try
            {
                configuration.Reload();
                Log.ReadAgain(logger);
            }
            catch (Exception cause) when (cause is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                Log.Refused(logger, cause.InnerException?.Message ?? cause.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SettingsRead, LogLevel.Information, "The configuration was read again.")]
        public static partial void ReadAgain(ILogger logger);

        [LoggerMessage(
            EventIds.SettingsRefused, LogLevel.Error, "The configuration cannot be read, all stays: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
