using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sentinel.Api.Gateways;
using Sentinel.Testing;
using CheckResponse = Sentinel.Api.Tests.Wire.CheckResponse;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>
/// Mutated requests to every front: each gets an answer of the form that its gateway takes. 6,000 of them;
/// LLMSENTINEL_FUZZ sets another number.
/// </summary>
public sealed class FuzzTests
{
    private const int RequestsDefault = 6_000;

    private static readonly string[] Hostile =
    [
        "", "bad", "good", "a,b", "\0", "\r\nx: y", "é数据", "\u00ff\u00fe", "\u00c3(", new string('a', 129),
        new string('\u00f0', 64 * 1024), "../../etc/passwd", "'; DROP TABLE verdicts; --", "%00%ff", "\ud800", "{}", "\"",
    ];

    [Fact]
    public async Task EveryFront_MutatedRequests_AlwaysAnswers()
    {
        var count = int.TryParse(
            Environment.GetEnvironmentVariable("LLMSENTINEL_FUZZ"), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : RequestsDefault;
        await using var host = await ApiHost.StartAsync(
            ("Gateways:FailMode", "closed"), ("Gateways:PlanFailModes:good", "open"),
            ("Gateways:DelaySecondsMax", "60"), ("Gateways:DelayKey", "0123456789abcdef"));
        host.Board.Publish([Verdicts.Of("bad"), Verdicts.Of("é数据")]);
        var answered = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var answer = await AskAsync(host.Desk, new Random(i), i);
            answered[answer] = answered.GetValueOrDefault(answer) + 1;
        }

        // Not all the same: otherwise nothing got as far as a decision.
        Assert.True(answered.Count >= 5, string.Join(' ', answered));
    }

    private static async Task<string> AskAsync(DecisionDesk desk, Random random, int seed)
    {
        var http = Context(random);
        var front = random.Next(6);
        http.Request.Body = new MemoryStream(ByteMutator.Mutate(random, front switch
        {
            0 => EnvoyGrpcTests.Framed(EnvoyGrpcTests.Request(
                Hostile[random.Next(3)], random.Next(2) == 0, Hostile[random.Next(4)]).ToByteArray()),
            1 => Encoding.UTF8.GetBytes(GuardrailTests.LiteLlmBody(Hostile[random.Next(Hostile.Length - 3)], "bad")),
            2 => """{"request":{"json":{"a":[1]}},"metadata":{"_user":"bad","plan":"good"}}"""u8.ToArray(),
            3 => """{"account_id":"bad","plan":"good"}"""u8.ToArray(),
            _ => [],
        }));
        await (front switch
        {
            0 => EnvoyGrpcFront.AnswerAsync(http, desk),
            1 => GuardrailFront.LiteLlmAsync(http, desk),
            2 => GuardrailFront.PortkeyAsync(http, desk),
            3 => GuardrailFront.KongAsync(http, desk),
            4 => EnvoyHttpFront.AnswerAsync(http, desk),
            _ => AuthRequestFront.AnswerAsync(http, desk, GatewayKind.Nginx),
        });
        await http.Response.CompleteAsync();
        int[] statuses = front switch { 4 => [200, 403], 5 => [204, 401, 403], _ => [200] };
        Assert.True(statuses.Contains(http.Response.StatusCode), $"seed {seed}: {http.Response.StatusCode}");
        var body = ((MemoryStream)http.Response.Body).ToArray();
        return front == 0 ? ReasonOfGrpc(body) : ReasonOf(http, body, seed);
    }

    private static string ReasonOfGrpc(byte[] body) =>
        CheckResponse.Parser.ParseFrom(body.AsSpan(5)).DynamicMetadata.Fields["reason"].StringValue;

    private static string ReasonOf(HttpContext http, byte[] body, int seed)
    {
        foreach (var (name, values) in http.Response.Headers)
        {
            // What the server would throw at.
            Assert.True(values.All(value => value!.All(c => c is >= ' ' and <= '~')), $"seed {seed}: {name}");
        }

        if (body.Length > 0)
        {
            JsonDocument.Parse(body).Dispose();
        }

        return http.Response.Headers["x-llm-sentinel-reason"].Single()!;
    }

    private static DefaultHttpContext Context(Random random)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseTrailersFeature>(new Trailers());
        http.Response.Body = new MemoryStream();
        http.Request.ContentType = "application/grpc";
        http.Request.Path = new PathString(EnvoyHttpFront.Prefix + "/" + Hostile[random.Next(Hostile.Length)]);
        if (random.Next(4) > 0)
        {
            http.Request.Headers["x-llm-sentinel-account"] = random.Next(8) == 0
                ? Hostile
                : Hostile[random.Next(Hostile.Length)];
        }

        if (random.Next(2) == 0)
        {
            http.Request.Headers["x-llm-sentinel-plan"] = Hostile[random.Next(Hostile.Length)];
        }

        return http;
    }

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }
}
