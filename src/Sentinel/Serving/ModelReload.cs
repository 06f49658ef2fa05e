using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sentinel.Hosting.Serving;

/// <summary>
/// Puts the newest version of the classifier in force when the process gets SIGHUP, as servers take a new
/// configuration. One at a time; signals that come meanwhile are one more in all. When it comes because the program's
/// terminal was closed, the program stops as on Ctrl-C.
/// </summary>
internal sealed partial class ModelReload(
    ServedModel model, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ModelReload> logger)
    : BackgroundService
{
    private const string TerminalFile = "/dev/tty";

    private readonly bool _hadTerminal = HasTerminal();
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
        TellChosen();
        try
        {
            await foreach (var _ in _asked.Reader.ReadAllAsync(stoppingToken))
            {
                Renew();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void TellChosen()
    {
        var (first, second) = (model.Current.First, model.Current.Second);
        Log.Chosen(logger, first.ModelVersion, first.Sha256, first.Provider.Name, first.Provider.Why);
        if (second is not null)
        {
            Log.Chosen(logger, second.Model.Version, second.Sha256, second.Provider.Name, second.Provider.Why);
        }
    }

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true; // Else the process would end at once.
        if (_hadTerminal && !HasTerminal())
        {
            lifetime.StopApplication();
            return;
        }

        _asked.Writer.TryWrite(true);
    }

    // The terminal that the process belongs to, whatever its streams are; it cannot be opened where there is none.
    private static bool HasTerminal()
    {
        try
        {
            using var terminal = File.OpenHandle(TerminalFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Renew()
    {
        var (before, began) = (model.Current.ModelVersion, clock.GetTimestamp());
        if (!model.TryRenew(out var isNew, out var fault))
        {
            Log.Refused(logger, before, fault.Detail);
        }
        else if (!isNew)
        {
            Log.Unchanged(logger, before);
        }
        else
        {
            var now = model.Current.First;
            var tookMs = clock.GetElapsedTime(began).TotalMilliseconds;
            Log.Replaced(logger, now.ModelVersion, before, now.Sha256, now.Provider.Name, now.Provider.Why, tookMs);
            TellChosen();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.ModelChosen, LogLevel.Information,
            "Model {Model} (sha256 {Sha256}) is in force, on {Provider}: {Why}.")]
        public static partial void Chosen(ILogger logger, string model, string sha256, string provider, string why);

        [LoggerMessage(
            EventIds.ModelReplaced, LogLevel.Information,
            "Model {Model} is in force in the place of {Before}: sha256 {Sha256}, on {Provider}: {Why}; "
            + "took {TookMs:0} ms.")]
        public static partial void Replaced(
            ILogger logger, string model, string before, string sha256, string provider, string why, double tookMs);

        [LoggerMessage(
            EventIds.ModelUnchanged, LogLevel.Information, "Model {Model} stays in force: there is no other one.")]
        public static partial void Unchanged(ILogger logger, string model);

        [LoggerMessage(
            EventIds.ModelRefused, LogLevel.Warning, "Model {Model} stays in force, the new one was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string model, string reason);
    }
}
