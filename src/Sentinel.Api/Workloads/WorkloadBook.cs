using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Sentinel.Detection.Workloads;
using Sentinel.Storage;

namespace Sentinel.Api.Workloads;

/// <summary>
/// Keeps the register of verified workloads in force: those of the file and those that were recorded. One writer at a time;
/// any readers.
/// </summary>
public sealed partial class WorkloadBook : IDisposable
{
    private const int FileBytesMax = 4 * 1024 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly IConfiguration _configuration;
    private readonly WorkloadsInForce _inForce;
    private readonly TimeProvider _clock;
    private readonly ILogger<WorkloadBook> _logger;
    private readonly IDisposable _reloads;
    private readonly Lock _building = new();
    private volatile IWorkloadLog? _log;
    private ImmutableArray<Workload> _declared = [];
    private ImmutableArray<Workload> _recorded = [];

    /// <exception cref="OptionsValidationException">The configuration or its file is wrong; says how.</exception>
    public WorkloadBook(
        IConfiguration configuration, WorkloadsInForce inForce, TimeProvider clock, ILogger<WorkloadBook> logger)
    {
        (_configuration, _inForce, _clock, _logger) = (configuration, inForce, clock, logger);
        if (!TryReadSettings(out var fault))
        {
            throw new OptionsValidationException(WorkloadOptions.Section, typeof(WorkloadOptions), [fault]);
        }

        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Renew);
    }

    /// <summary>How it is set up.</summary>
    public WorkloadOptions Options { get; private set; } = new();

    /// <summary>The declarations as they stand, former ones too.</summary>
    public WorkloadRegister Current => _inForce.Current;

    /// <inheritdoc/>
    public void Dispose()
    {
        _reloads.Dispose();
        _writing.Dispose();
    }

    /// <summary>Takes over what was recorded; to be called before any lane judges.</summary>
    public async Task OpenAsync(IWorkloadLog log, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(log);
        Take(await log.ReadAsync(cancel));
        _log = log;
    }

    /// <summary>Looks again and again for what other processes recorded, until it is told to stop.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(Options.LookSeconds), _clock, cancel);
            try
            {
                Take(await _log!.ReadAsync(cancel));
            }
            catch (ClickHouseException cause)
            {
                Log.NotRead(_logger, cause.Message); // What is known still holds; the next look may find the store back.
            }
        }
    }

    /// <summary>Records a declaration; null with a sentence when it is wrong.</summary>
    internal async Task<(Workload? Workload, string Fault)> DeclareAsync(
        string id, WorkloadDeclaration declaration, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (!declaration.TryRead(id, Earliest(declaration.From, now), now, out var workload, out var fault))
        {
            return (null, fault);
        }

        return await RecordAsync(workload!, cancel)
            ? (workload, "")
            : (null, $"there are {WorkloadRegister.WorkloadsMax} declarations already.");
    }

    /// <summary>Ends a declaration as soon as it can; null when there is none to end.</summary>
    internal async Task<Workload?> WithdrawAsync(string id, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (Find(id) is not { } workload || workload.Until <= now)
        {
            return null;
        }

        var end = Earliest(null, now);
        await RecordAsync(workload with { From = end, Until = end, RecordedAt = now }, cancel);
        return Find(id) ?? workload with { Until = workload.From };
    }

    /// <summary>The latest declaration of an id.</summary>
    internal Workload? Find(string id) =>
        Current.Workloads.LastOrDefault(workload => workload.Id == id);

    private DateTimeOffset Earliest(DateTimeOffset? wished, DateTimeOffset now)
    {
        // Whole milliseconds, as the store keeps them.
        var earliest = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds())
            .AddSeconds(Options.LeadSeconds);
        return wished > earliest ? wished.Value : earliest;
    }

    private async Task<bool> RecordAsync(Workload workload, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            if (_recorded.Length >= WorkloadRegister.WorkloadsMax)
            {
                return false;
            }

            await _log!.AppendAsync(workload, cancel);
            Take(await _log.ReadAsync(cancel));
            Log.Recorded(_logger, workload.IsWithdrawal ? "withdrawn" : "declared", workload.Id, workload.VouchedBy);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Take(ImmutableArray<Workload> recorded)
    {
        lock (_building)
        {
            if (recorded.Length != _recorded.Length)
            {
                _recorded = recorded;
                _inForce.Put(WorkloadRegister.Of([.. _declared, .. recorded]));
            }
        }
    }

    private void Renew()
    {
        if (!TryReadSettings(out var fault))
        {
            Log.Refused(_logger, fault);
        }
    }

    private bool TryReadSettings(out string fault)
    {
        try
        {
            var options = _configuration.GetSection(WorkloadOptions.Section).Get<WorkloadOptions>() ?? new WorkloadOptions();
            var outcome = new WorkloadOptionsValidator().Validate(WorkloadOptions.Section, options);
            ImmutableArray<Workload> declared = [];
            fault = outcome.FailureMessage ?? "";
            if (outcome.Failed || (options.File.Length > 0 && !TryReadFile(options.File, out declared, out fault)))
            {
                return false;
            }

            lock (_building)
            {
                (Options, _declared) = (options, declared);
                _inForce.Put(WorkloadRegister.Of([.. declared, .. _recorded]));
            }

            return true;
        }
        catch (InvalidOperationException cause)
        {
            fault = $"{cause.Message} {cause.InnerException?.Message}"; // Not a number, say.
            return false;
        }
    }

    /// <summary>Reads a file of declarations.</summary>
    public static bool TryReadFile(string path, out ImmutableArray<Workload> workloads, out string fault)
    {
        workloads = [];
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                fault = $"{path} is too large.";
                return false;
            }

            var isRead = WorkloadDeclaration.TryReadFile(File.ReadAllText(path), out workloads, out fault);
            fault = isRead ? "" : $"{path}: {fault}";
            return isRead;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            fault = cause.Message;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.WorkloadRecorded, LogLevel.Information, "Workload {Change}: {Id}, vouched for by {VouchedBy}.")]
        public static partial void Recorded(ILogger logger, string change, string id, string vouchedBy);

        [LoggerMessage(
            EventIds.WorkloadsRefused, LogLevel.Error, "The workloads of the file are refused, the former stay: {Fault}")]
        public static partial void Refused(ILogger logger, string fault);

        [LoggerMessage(
            EventIds.WorkloadsNotRead, LogLevel.Warning, "Workloads could not be looked for, those known hold: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
