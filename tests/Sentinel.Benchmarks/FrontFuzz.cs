using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Testing;

namespace Sentinel.Benchmarks;

/// <summary>
/// Mutated requests to every front over the wire, by seed: none is answered with 500 or more, none is left without an
/// answer, and the server logs no error.
/// </summary>
internal static class FrontFuzz
{
    private const int Connections = 8;
    private const int CallsAtOnce = 32;
    private const int GrpcShare = 5; // Every fifth request is one of gRPC.
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(30);

    private static readonly (string Line, string Body)[] Fronts =
    [
        ("GET /v1/gateways/nginx", ""),
        ("GET /v1/gateways/haproxy", ""),
        ("PATCH /v1/gateways/envoy/", ""),
        ("GET /v1/decisions/", ""),
        ("POST /v1/decisions", """{"account_id":"acct-000001"}"""),
        ("POST /v1/decisions", """{"account_id":"acct-000001","plan":"good","address":"10.0.0.1","org_id":"o"}"""),
        ("POST /v1/decisions", """{"account_ids":["acct-000001","b","c"]}"""),
        ("POST /v1/gateways/litellm", """{"texts":["a\"}"],"request_data":{"user_api_key_hash":"acct-000001"},"input_type":"request"}"""),
        ("POST /v1/gateways/portkey", """{"request":{"json":{"a":[1]}},"metadata":{"_user":"acct-000001","plan":"good"}}"""),
        ("POST /v1/gateways/kong", """{"account_id":"acct-000001","plan":"good"}"""),
    ];

    private static readonly string[] Hostile =
    [
        "", "acct-000002", "good", "a,b", "\0", "\u00e9\u0095", "\u00ff\u00fe", "\u00c3(", new string('a', 129),
        new string('\u00f0', 8 * 1024), "../../etc/passwd", "%00%ff", "{}", "\"", "%2e%2e", "a b", "?#", "[::1]", "%",
    ];

    public static async Task RunAsync(int requests)
    {
        await using var server = await FrontProcess.StartAsync(
            "--Gateways:FailMode=closed", "--Gateways:PlanFailModes:good=open", "--Gateways:DelaySecondsMax=60",
            "--Gateways:DelayKey=0123456789abcdef");
        var statuses = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var calls = requests / GrpcShare;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(first =>
            Task.Run(() => AskAsync(server.Http1Ports[0], first, requests - calls, statuses))));
        using var grpc = await Http2Load.ConnectAsync(server.Http2Ports[0]);
        await grpc.CallAsync(calls, CallsAtOnce, static seed => CallOf(new Random(seed)));
        foreach (var (front, count) in statuses.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{front,-40} {count}"));
        }

        var errors = (await server.UseAsync()).Errors;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{requests} requests, {calls} of them calls of gRPC ({grpc.Resets} broken off); {errors} errors logged"));
        Environment.ExitCode = errors + grpc.Resets == 0 ? 0 : 1;
    }

    private static async Task AskAsync(int port, int first, int requests, ConcurrentDictionary<string, int> statuses)
    {
        var buffer = new byte[64 * 1024];
        Socket? socket = null;
        for (var seed = first; seed < requests; seed += Connections)
        {
            if (socket is null)
            {
                socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }

            var (line, request) = RequestOf(new Random(seed));
            await socket.SendAsync(request);
            var status = await Http1Load.ReadAnswerAsync(socket, buffer, isAnyStatus: true).AsTask().WaitAsync(AnswerTimeMax);
            if (status is < 200 or >= 500)
            {
                throw new InvalidOperationException($"Seed {seed}: {line} answered {status}.");
            }

            statuses.AddOrUpdate($"{status} {line}", 1, static (_, count) => count + 1);
            if (status is 400 or 413 or 431)
            {
                socket.Dispose(); // The server may have closed it: what it does not take for HTTP it does not go on with.
                socket = null;
            }
        }

        socket?.Dispose();
    }

    private static (string Line, byte[] Request) RequestOf(Random random)
    {
        var (line, body) = Fronts[random.Next(Fronts.Length)];
        var path = line.EndsWith('/') ? Hostile[random.Next(Hostile.Length)] : "";
        var bytes = ByteMutator.Mutate(random, Encoding.UTF8.GetBytes(body));
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{line}{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {bytes.Length}\r\n");
        foreach (var name in new[] { "account", "plan", "org", "address", "api-key-id", "payment-hash" })
        {
            if (random.Next(3) == 0)
            {
                head.Append(CultureInfo.InvariantCulture, $"x-llm-sentinel-{name}: {Hostile[random.Next(Hostile.Length)]}\r\n");
            }
        }

        return (line, [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. bytes]);
    }

    private static byte[] CallOf(Random random)
    {
        var account = Hostile[random.Next(Hostile.Length)];
        var call = FrontQuestions.CheckOf(account.Length < 100 ? account : "acct-000001");
        return random.Next(4) == 0 ? ByteMutator.Mutate(random, call) : FrontQuestions.Framed(ByteMutator.Mutate(random, call[5..]));
    }
}
