using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Benchmarks;

/// <summary>
/// Processor time and allocation of the server for a decision, as a multiple of what an endpoint costs that takes and
/// gives as many bytes and does nothing; in turns, in one process of its own, medians.
/// </summary>
internal static class FrontMeasurement
{
    private const int Connections = 16;

    public static string AccountOf(int number) => string.Create(CultureInfo.InvariantCulture, $"acct-{number:000000}");

    public static async Task RunAsync(int rounds, int requests)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(FrontMeasurement).Assembly.Location);
        }

        start.ArgumentList.Add("fronts");
        start.ArgumentList.Add("serve");
        using var server = Process.Start(start) ?? throw new InvalidOperationException("No server.");
        var ports = (await server.StandardOutput.ReadLineAsync())!.Split(' ')
            .Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        var post = "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n";
        var fronts = new (string Name, Func<int, Task> Ask)[]
        {
            ("REST POST", offset => Http1Async(
                ports[offset], requests, number => post + $$"""{"account_id":"{{AccountOf(number)}}"} """)),
            ("auth_request GET", offset => Http1Async(
                ports[offset], requests,
                number => $"GET /v1/gateways/nginx HTTP/1.1\r\nHost: x\r\nX-LLM-Sentinel-Account: {AccountOf(number)}\r\n\r\n")),
            ("ext_authz gRPC", offset => GrpcAsync(ports[offset + 1], requests)),
        };
        foreach (var (name, ask) in fronts)
        {
            await MeasureAsync(server, name, ask, rounds, requests);
        }

        server.StandardInput.Close();
        await server.WaitForExitAsync();
    }

    private static async Task MeasureAsync(Process server, string name, Func<int, Task> ask, int rounds, int requests)
    {
        var used = new[] { new List<(double Time, double Bytes)>(), [] };
        for (var round = -1; round < rounds; round++)
        {
            for (var kind = 0; kind < used.Length; kind++)
            {
                var before = await UsedAsync(server);
                await ask(2 * kind);
                var after = await UsedAsync(server);
                if (round >= 0) // The first one warms up.
                {
                    used[kind].Add(((after.Time - before.Time) / requests, (after.Bytes - before.Bytes) / requests));
                }
            }
        }

        var ratio = Median([.. used[0].Zip(used[1], (real, empty) => real.Time / empty.Time)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-17} {Median([.. used[0].Select(u => u.Time)]):0.00} µs, empty "
            + $"{Median([.. used[1].Select(u => u.Time)]):0.00} µs of processor a request: {ratio:0.00} times; "
            + $"{Median([.. used[0].Select(u => u.Bytes)]):0} B, empty {Median([.. used[1].Select(u => u.Bytes)]):0} B"));
    }

    private static async Task<(double Time, double Bytes)> UsedAsync(Process server)
    {
        await server.StandardInput.WriteLineAsync();
        var parts = (await server.StandardOutput.ReadLineAsync())!.Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static Task Http1Async(int port, int requests, Func<int, string> requestOf) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var buffer = new byte[4096];
            for (var i = connection; i < requests; i += Connections)
            {
                var request = Encoding.ASCII.GetBytes(requestOf(i * 7919 % FrontServer.AccountsMax));
                await socket.SendAsync(request);
                await ReadAnswerAsync(socket, buffer);
            }
        }));

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new InvalidOperationException("The server hung up.");
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return;
            }
        }
    }

    // With the length that it names, in pieces up to the last, or without a body.
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!answer.StartsWith("HTTP/1.1 20"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(answer));
        }

        var name = "Content-Length: "u8;
        var at = answer[..end].IndexOf(name);
        if (at < 0)
        {
            return answer[..end].IndexOf("chunked"u8) < 0 || answer.EndsWith("0\r\n\r\n"u8);
        }

        var rest = answer[(at + name.Length)..];
        return answer.Length == end + 4 + int.Parse(rest[..rest.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private static async Task GrpcAsync(int port, int requests)
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async stream =>
        {
            for (var i = stream; i < requests; i += Connections)
            {
                using var content = new ByteArrayContent(CheckOf(AccountOf(i * 7919 % FrontServer.AccountsMax)));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
                using var answer = await client.PostAsync("/envoy.service.auth.v3.Authorization/Check", content);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
            }
        }));
    }

    // CheckRequest { attributes { request { http { headers … } } } } with as many headers as a client has.
    private static byte[] CheckOf(string account)
    {
        byte[] headers =
        [
            .. Field(3, [.. Field(1, "content-type"u8), .. Field(2, "application/json"u8)]),
            .. Field(3, [.. Field(1, "user-agent"u8), .. Field(2, "OpenAI/Python 1.99.0"u8)]),
            .. Field(3, [.. Field(1, "accept-encoding"u8), .. Field(2, "gzip, deflate"u8)]),
            .. Field(3, [.. Field(1, "x-request-id"u8), .. Field(2, "0b9ae3d4-6a0e-4b2c-93a6-3f3d1e1a7c55"u8)]),
            .. Field(3, [.. Field(1, "x-llm-sentinel-account"u8), .. Field(2, Encoding.ASCII.GetBytes(account))]),
            .. Field(4, "/v1/chat/completions"u8), .. Field(5, "api.example.com"u8),
        ];
        var message = Field(1, Field(4, Field(2, headers)));
        return [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    private static byte[] Field(int field, ReadOnlySpan<byte> value) => value.Length < 0x80
        ? [(byte)((field << 3) | 2), (byte)value.Length, .. value]
        : [(byte)((field << 3) | 2), (byte)(value.Length | 0x80), (byte)(value.Length >> 7), .. value];

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
