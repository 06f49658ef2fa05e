using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Storage;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Http;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel audit verify</c>: follows the chain of the audit log.</summary>
internal sealed class AuditCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(AuditRequest request)
    {
        if (request is { Data: not null, Server: not null })
        {
            throw CommandException.Usage("--data and --server are two stores: give one.");
        }

        using var stop = new StopSignal();
        try
        {
            return request.Server is null
                ? await VerifyFolderAsync(request.Data, stop.Token)
                : await VerifyServerAsync(request.Server, stop.Token);
        }
        catch (ClickHouseException cause)
        {
            throw CommandException.Failed($"cannot read the audit log: {cause.Message}", cause);
        }
    }

    private async Task<int> VerifyFolderAsync(string? data, CancellationToken cancel)
    {
        var folder = ServingProgram.ReadOptions(ServingProgram.ReadConfiguration(), urls: null, data, role: null).Data;
        await using var store = await OpenStore.OpenThereAsync(folder, cancel);
        return await VerifyAsync(store.ClickHouse, cancel);
    }

    private async Task<int> VerifyServerAsync(string server, CancellationToken cancel)
    {
        var configured = ServingProgram.ReadConfiguration().GetSection(HttpClickHouseOptions.Section)
            .Get<HttpClickHouseOptions>() ?? new HttpClickHouseOptions();
        var options = configured with { Url = server };
        if (options.Faults() is { IsEmpty: false } faults)
        {
            throw CommandException.Usage(string.Join(' ', faults));
        }

        await using var clickHouse = new HttpClickHouse(options, clock, new Random(Environment.ProcessId));
        return await VerifyAsync(clickHouse, cancel);
    }

    private async Task<int> VerifyAsync(IClickHouse clickHouse, CancellationToken cancel)
    {
        using var log = new AuditLog(clickHouse);
        var verified = await log.VerifyAsync(cancel);
        if (verified.Fault is { } fault)
        {
            screen.Line(string.Create(
                CultureInfo.InvariantCulture, $"The audit log is not whole. Row {fault.Number} is {fault.Kind}: {fault.Text}"));
            return ExitCodes.Failure;
        }

        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"The audit log is whole: {verified.Rows} rows, the last is {verified.Head} with hash {verified.Hash}."));
        return ExitCodes.Ok;
    }
}
