using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Sentinel.Api.Decisions;
using Sentinel.Api.Gateways;
using Sentinel.Api.Tests.Wire;
using Sentinel.Detection.Verdicts;
using CheckRequest = Sentinel.Api.Tests.Wire.CheckRequest;
using CheckResponse = Sentinel.Api.Tests.Wire.CheckResponse;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>Envoy over gRPC, held against generated messages.</summary>
public sealed class EnvoyGrpcTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Check_BlockedAccount_IsDeniedInTheProvidersFormat(bool isRaw)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("数据 é")]);
        var answer = await Check(host, Request("数据 é", isRaw, "/v1/messages"));
        Assert.Equal(7, answer.Status.Code);
        Assert.Equal(403, answer.DeniedResponse.Status.Code);
        Assert.Contains("permission_error", answer.DeniedResponse.Body, StringComparison.Ordinal);
        var header = Assert.Single(answer.DeniedResponse.Headers).Header; // They go to the client: nothing about why.
        Assert.Equal(("content-type", "application/json"), (header.Key, header.Value));
        var fields = answer.DynamicMetadata.Fields;
        Assert.Equal("block", fields["decision"].StringValue);
        Assert.Equal("campaign.template", fields["reason"].StringValue);
        Assert.Equal("0-7-1", fields["decision_id"].StringValue);
        Assert.Equal("open", fields["fail_mode"].StringValue);
        Assert.Equal(60, fields["ttl_seconds"].NumberValue);
        Assert.False(fields["stale"].BoolValue);
        Assert.True(fields["stale"].HasBoolValue);
    }

    [Fact]
    public async Task Check_ThrottledAccount_GoesOnWithHeadersForTheUpstream()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.IsLive = false;
        host.Board.Publish([Verdicts.Of("slow", DecisionAction.Throttle)]);
        var answer = await Check(host, Request("slow"));
        Assert.Equal(0, answer.Status.Code);
        var headers = answer.OkResponse.Headers.ToDictionary(option => option.Header.Key, option => option.Header.Value);
        Assert.Equal("throttle", headers["x-llm-sentinel-decision"]);
        Assert.Equal("10", headers["x-llm-sentinel-throttle-per-minute"]);
        Assert.Equal("true", headers["x-llm-sentinel-stale"]);
        Assert.Equal(7, headers.Count);
        Assert.Equal(10, answer.DynamicMetadata.Fields["throttle_per_minute"].NumberValue);
        Assert.Empty(answer.OkResponse.HeadersToRemove);

        // Where there is no rate, none that the client made up goes on.
        var free = (await Check(host, Request("free"))).OkResponse;
        Assert.Equal(6, free.Headers.Count);
        Assert.Equal("x-llm-sentinel-throttle-per-minute", Assert.Single(free.HeadersToRemove));
    }

    [Fact]
    public async Task Check_LongestTexts_FitTheAnswer()
    {
        await using var host = await ApiHost.StartAsync();
        var long1 = new string('r', 400);
        host.Rulings.Publish([new(new(KeyKind.Account, "a"), new Ruling("r\r\n" + long1, new(KeyKind.Account, "a"), DecisionAction.Throttle, ExpiresAt: null))]);
        host.Board.Publish([Verdicts.Of("b", DecisionAction.Throttle, offset: long.MaxValue, reason: long1)]);
        var ruled = await Check(host, Request("a"));
        Assert.Equal("ruling-r__" + long1[..190], ruled.DynamicMetadata.Fields["decision_id"].StringValue);
        Assert.Equal(long1[..200], (await Check(host, Request("b"))).DynamicMetadata.Fields["reason"].StringValue);
    }

    [Fact]
    public async Task Check_WhatCannotBeRead_IsAnsweredByFailMode()
    {
        await using var host = await ApiHost.StartAsync(("Gateways:FailMode", "closed"));
        var twice = Request("a");
        twice.Attributes.Request.Http.HeaderMap = Request("b", isRaw: true).Attributes.Request.Http.HeaderMap;
        var large = Request("a");
        large.Attributes.Request.Http.Body = new string('x', EnvoyGrpcFront.MessageBytesMax);
        foreach (var (body, reason) in new[]
        {
            (Framed(new CheckRequest().ToByteArray()), "no_account"), (Framed(twice.ToByteArray()), "bad_account"),
            (Framed(Request(new string('a', 129)).ToByteArray()), "bad_account"),
            (Framed(large.ToByteArray()), "request_too_large"), (Framed([0x0A, 0x05, 0x01]), "unreadable_request"),
            ([], "unreadable_request"), ([1, 0, 0, 0, 0], "unreadable_request"), ([0, 0, 0, 0, 9], "unreadable_request"),
        })
        {
            var answer = await Send(host, body);
            Assert.Equal((7, reason), (answer.Status.Code, answer.DynamicMetadata.Fields["reason"].StringValue));
        }
    }

    [Fact]
    public async Task Check_HeadersOf64KiB_AreRead()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("bad")]);
        var request = Request("bad");
        request.Attributes.Request.Http.Headers["cookie"] = new string('x', 64 * 1024);
        Assert.Equal(7, (await Check(host, request)).Status.Code);
    }

    [Fact]
    public async Task Check_WhatIsNoGrpc_Is415()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(EnvoyGrpcFront.Method, new ByteArrayContent([]));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    internal static CheckRequest Request(string account, bool isRaw = false, string path = "/v1/chat/completions")
    {
        var http = new AttributeContext.Types.HttpRequest
        {
            Id = "7", Method = "POST", Path = path, Host = "api.example.com", Scheme = "https", Size = -1,
            Protocol = "HTTP/2",
        };
        if (isRaw)
        {
            http.HeaderMap = new HeaderMap
            {
                Headers =
                {
                    new HeaderValue { Key = "user-agent", RawValue = ByteString.CopyFrom(0xFF) },
                    new HeaderValue { Key = "x-llm-sentinel-account", RawValue = ByteString.CopyFromUtf8(account) },
                },
            };
        }
        else
        {
            http.Headers["user-agent"] = "curl";
            http.Headers["x-llm-sentinel-account"] = account;
        }

        return new CheckRequest
        {
            Attributes = new AttributeContext
            {
                Source = new AttributeContext.Types.Peer { Principal = "spiffe://x", Labels = { ["a"] = "b" } },
                Request = new AttributeContext.Types.Request { Http = http },
                ContextExtensions = { ["route"] = "llm" },
            },
        };
    }

    internal static byte[] Framed(byte[] message)
    {
        var framed = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }

    private static Task<CheckResponse> Check(ApiHost host, CheckRequest request) =>
        Send(host, Framed(request.ToByteArray()));

    private static async Task<CheckResponse> Send(ApiHost host, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await host.Http2Client.PostAsync(EnvoyGrpcFront.Method, content);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(bytes.Length - 5, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
        return CheckResponse.Parser.ParseFrom(bytes.AsSpan(5));
    }
}
