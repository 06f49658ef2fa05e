using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Storage.Tests;

/// <summary>
/// A fact that needs Debian's ClickHouse server, which is brought with the first of them; skipped with the reason
/// where it cannot be.
/// </summary>
public sealed class OldServerFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(OldServer.TryBring);

    public OldServerFactAttribute() => Skip = Missing.Value;
}

/// <summary>
/// Debian's ClickHouse server (18.16): old SQL, but a real server with real sockets. Killed when disposed of.
/// </summary>
internal sealed class OldServer : IDisposable
{
    private const int CannotCode = 77;
    private static readonly TimeSpan BringTimeMax = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("sentinel-clickhouse-").FullName;
    private readonly int _httpPort = FreePort();
    private readonly int _tcpPort = FreePort();
    private Process? _process;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_httpPort}");

    /// <summary>Null when the server is here; else why it is not.</summary>
    public static string? TryBring()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Debian's ClickHouse server runs on Linux.";
        }

        using var process = Run();
        var said = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (!process.WaitForExit(BringTimeMax))
        {
            process.Kill(entireProcessTree: true);
            return "Bringing Debian's ClickHouse server took too long.";
        }

        return process.ExitCode switch
        {
            0 => null,
            CannotCode => said.GetAwaiter().GetResult(),
            _ => throw new InvalidOperationException(said.GetAwaiter().GetResult()),
        };
    }

    public async Task StartAsync()
    {
        _process = Run(
            _folder,
            _httpPort.ToString(CultureInfo.InvariantCulture),
            _tcpPort.ToString(CultureInfo.InvariantCulture));
        using var client = new HttpClient();
        var start = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.GetStringAsync(new Uri(Url + "/ping"));
                return;
            }
            catch (HttpRequestException) when (start.Elapsed < StartTimeMax && !_process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Kills it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public void Dispose()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit(StartTimeMax);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Run(params string[] arguments)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sentinel.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Not within the repository.");
        }

        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(root, "infra/tests/clickhouse/serve.sh"));
        start.ArgumentList.Add(Path.Combine(root, ".sentinel/clickhouse-test"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("No bash.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
