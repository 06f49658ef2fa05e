using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Benchmarks;

/// <summary>
/// What asking costs a request through nginx with the example's configuration: over one connection, by turns through a
/// location that asks and one that does not, before the same upstream.
/// </summary>
internal static class NginxMeasurement
{
    private const int Rounds = 21;
    private const int Requests = 2_000;
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(string program)
    {
        await using var server = await FrontProcess.StartAsync();
        var folder = Directory.CreateTempSubdirectory("sentinel-nginx-").FullName;
        using var nginx = await StartAsync(program, folder, server);
        var port = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "port")), CultureInfo.InvariantCulture);
        using var load = await Http1Load.ConnectAsync(port, 1);
        var (asking, plain) = (RequestOf("/v1/gateways/nginx"), RequestOf("/plain/v1/gateways/nginx"));
        var differences = new List<double>();
        var (with, without) = (new LatencyCounts(), new LatencyCounts());
        for (var round = -4; round < Rounds; round++)
        {
            var (one, other) = (new LatencyCounts(), new LatencyCounts());
            await AskAsync(load, asking, one);
            await AskAsync(load, plain, other);
            if (round >= 0)
            {
                differences.Add(one.Percentile(0.5) - other.Percentile(0.5));
                with = one;
                without = other;
            }
        }

        differences.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"asking adds {differences[Rounds / 2]:0} µs at the median ({differences[Rounds / 4]:0} to "
            + $"{differences[Rounds * 3 / 4]:0}); the last round with it {with}, without it {without}"));
        nginx.Kill(entireProcessTree: true);
        await nginx.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static Task AskAsync(Http1Load load, byte[] request, LatencyCounts seen) =>
        load.AskAsync(Requests, _ => request, pace: null, seen);

    private static byte[] RequestOf(string path) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-key-1\r\n\r\n");

    private static async Task<Process> StartAsync(string program, string folder, FrontProcess server)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var text = await File.ReadAllTextAsync(Path.Combine(Root(), "infra/gateways/nginx/nginx.conf"));
        var folders = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"\n  {name}_temp_path {name};"));
        text = text.Replace("http {", "http {" + folders + "\n  access_log off;\n  keepalive_requests 10000000;", StringComparison.Ordinal)
            .Replace("127.0.0.1:8787", Invariant($"127.0.0.1:{server.Http1Port}"), StringComparison.Ordinal)
            .Replace("127.0.0.1:9000", Invariant($"127.0.0.1:{server.EmptyHttp1Port}"), StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", Invariant($"127.0.0.1:{port}"), StringComparison.Ordinal)
            .Replace("keepalive 64;", "keepalive 64;\n    keepalive_requests 10000000;", StringComparison.Ordinal)
            .Replace(
                "    location / {",
                "    location /plain/ { proxy_set_header Connection \"\"; proxy_http_version 1.1; proxy_buffering off; "
                + "proxy_request_buffering off; proxy_pass http://llm/; }\n    location / {", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), text);
        await File.WriteAllTextAsync(Path.Combine(folder, "port"), Invariant($"{port}"));
        var start = new ProcessStartInfo(program);
        Array.ForEach(
            ["-p", folder, "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off; master_process off; pid nginx.pid;"],
            start.ArgumentList.Add);
        var process = Process.Start(start) ?? throw new InvalidOperationException("No nginx.");
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return process;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(began) < StartTimeMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Root()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sentinel.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Not within the repository.");
        }

        return root;
    }
}
