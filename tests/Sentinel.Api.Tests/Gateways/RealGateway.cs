using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>
/// A fact that needs Debian's nginx and HAProxy, which are brought with the first of them; skipped with the reason
/// where
/// they cannot be.
/// </summary>
public sealed class RealGatewayFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(RealGateway.TryBring);

    public RealGatewayFactAttribute() => Skip = Missing.Value;
}

/// <summary>A gateway that runs its example configuration, its addresses replaced by free ports.</summary>
internal sealed class RealGateway : IDisposable
{
    private const int CannotCode = 77;
    private static readonly TimeSpan BringTimeMax = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(30);
    private static readonly string Root = FindRoot();
    private static readonly string Cache = Path.Combine(Root, ".sentinel/gateways-test");

    private readonly string _folder = Directory.CreateTempSubdirectory("sentinel-gateway-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    private RealGateway() => Client = new HttpClient
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}")),
    };

    public HttpClient Client { get; }

    /// <summary>Null when the programs are here; else why they are not.</summary>
    public static string? TryBring()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Debian's nginx and HAProxy run on Linux.";
        }

        var start = new ProcessStartInfo("bash") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Root, "infra/tests/gateways/bring.sh"));
        start.ArgumentList.Add(Cache);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("No bash.");
        var said = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(BringTimeMax))
        {
            process.Kill(entireProcessTree: true);
            return "Bringing Debian's nginx and HAProxy took too long.";
        }

        return process.ExitCode switch
        {
            0 => null,
            CannotCode => said.GetAwaiter().GetResult(),
            _ => throw new InvalidOperationException(said.GetAwaiter().GetResult()),
        };
    }

    public static Task<RealGateway> NginxAsync(int sentinelPort, int upstreamPort)
    {
        var gateway = new RealGateway();
        // Debian's build keeps these where only root may write.
        var folders = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"\n  {name}_temp_path {name};"))
            + "\n  access_log access.log;";
        gateway.Copy("nginx", sentinelPort, upstreamPort, text => text.Replace("http {", "http {" + folders, StringComparison.Ordinal));
        return gateway.StartAsync(
            "nginx", "-p", gateway._folder, "-c", "nginx.conf", "-e", "error.log",
            "-g", "daemon off; master_process off; pid nginx.pid;");
    }

    public static Task<RealGateway> HaProxyAsync(int sentinelPort, int upstreamPort)
    {
        var gateway = new RealGateway();
        gateway.Copy("haproxy", sentinelPort, upstreamPort, text => text);
        return gateway.StartAsync("haproxy", "-db", "-f", "haproxy.cfg");
    }

    public void Dispose()
    {
        Client.Dispose();
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit(StartTimeMax);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Copy(string name, int sentinelPort, int upstreamPort, Func<string, string> change)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "infra/gateways", name)))
        {
            var text = change(File.ReadAllText(file))
                .Replace("127.0.0.1:8787", $"127.0.0.1:{sentinelPort}", StringComparison.Ordinal)
                .Replace("127.0.0.1:9000", $"127.0.0.1:{upstreamPort}", StringComparison.Ordinal)
                .Replace("127.0.0.1:8080", $"127.0.0.1:{_port}", StringComparison.Ordinal)
                .Replace("timeout_ms = 200", "timeout_ms = 10000", StringComparison.Ordinal) // A busy machine is no finding.
                .Replace("_timeout   100ms", "_timeout 10s", StringComparison.Ordinal)
                .Replace("_timeout      200ms", "_timeout 10s", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(_folder, Path.GetFileName(file)), text);
        }
    }

    private async Task<RealGateway> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Cache, "root/usr/sbin", program))
        {
            WorkingDirectory = _folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Path.Combine(Cache, "root/usr/lib/x86_64-linux-gnu");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"No {program}.");
        var said = _process.StandardError.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, _port);
                return this;
            }
            catch (SocketException) when (!_process.HasExited && clock.Elapsed < StartTimeMax)
            {
                await Task.Delay(50);
            }
            catch (SocketException cause)
            {
                _process.Kill();
                throw new InvalidOperationException($"{program}: {await said}", cause);
            }
        }
    }

    private static string FindRoot()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sentinel.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Not within the repository.");
        }

        return root;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
