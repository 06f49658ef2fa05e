using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class ExchangeDecoderTests
{
    private readonly Exchange _exchange = new();

    [Fact]
    public void TryDecode_FullEvent_ReadsEveryProperty()
    {
        var sketch = "[" + string.Join(',', Enumerable.Range(0, 64).Select(i =>
            i == 63 ? uint.MaxValue : (uint)i)) + "]";
        Good(ExchangeJson.Full().SetRaw("response.output_sketch", sketch));

        Assert.Equal("ev-1", _exchange.EventId.ToString());
        Assert.Equal("acct-1", _exchange.AccountId.ToString());
        Assert.Equal("m-large", _exchange.Model.ToString());
        Assert.Equal(1_790_000_000_000, _exchange.OccurredAtMs);
        Assert.Equal(DateTimeOffset.Parse("2026-09-27T01:23:15.046Z", null).ToUnixTimeMilliseconds(),
            _exchange.AccountCreatedAtMs);
        Assert.Equal(
            [KeyHash.Of("org-1"), KeyHash.Of("payg"), KeyHash.Of("self_serve"), KeyHash.Of("example.com"),
                KeyHash.Of("e1"), KeyHash.Of("p1"), KeyHash.Of("t1"), KeyHash.Of("JP")],
            [_exchange.OrgKey, _exchange.PlanKey, _exchange.SignupRouteKey, _exchange.EmailDomainKey,
                _exchange.EmailKey, _exchange.PaymentKey, _exchange.PhoneKey, _exchange.AccountCountryKey]);
        Assert.Equal(
            [KeyHash.Of([198, 51, 100, 7]), KeyHash.Of([198, 51, 100]), KeyHash.Of("JP"), KeyHash.Of("residential"),
                KeyHash.Of("curl/8.5"), KeyHash.Of("j1"), KeyHash.Of("d1"), KeyHash.Of("k1")],
            [_exchange.IpKey, _exchange.IpBlockKey, _exchange.ClientCountryKey, _exchange.NetworkKey,
                _exchange.UserAgentKey, _exchange.Ja4Key, _exchange.DeviceKey, _exchange.ApiKeyKey]);
        Assert.Equal([KeyHash.Of("chat"), KeyHash.Of("c1"), KeyHash.Of("r2")], [_exchange.OperationKey,
            _exchange.ConversationKey, _exchange.ReasoningRefIssuedKey]);
        Assert.Equal([64500, 2, 3, 2, 2048, 2], [_exchange.Asn, _exchange.Turn, _exchange.MessageCount,
            _exchange.ToolCount, _exchange.MaxTokens, _exchange.SampleCount]);
        Assert.Equal([200, 96, 294, 782], [_exchange.Status, _exchange.InputTokens, _exchange.OutputTokens,
            _exchange.ReasoningTokens]);
        Assert.Equal(0.5f, _exchange.Temperature);
        Assert.True(_exchange.Logprobs && _exchange.Refused && _exchange.HasOutputSketch);
        Assert.Equal(ReasoningEffort.High, _exchange.Reasoning);
        Assert.Equal([KeyHash.Of("r0"), KeyHash.Of("r1")], _exchange.ReasoningRefs.ToArray());
        Assert.Equal(uint.MaxValue, _exchange.OutputSketch[63]);
        Assert.Equal("System:You are terse.|User:Hello there|Assistant:Hi|User:Name three rivers", Prompt());
    }

    [Fact]
    public void TryDecode_RequiredOnly_LeavesTheRestUnknown()
    {
        Good(ExchangeJson.Full());
        Good(ExchangeJson.Minimal());

        Assert.Equal(Exchange.UnknownTime, _exchange.AccountCreatedAtMs);
        Assert.Equal(0UL,
            _exchange.OrgKey | _exchange.PaymentKey | _exchange.IpKey | _exchange.IpBlockKey | _exchange.OperationKey
            | _exchange.ReasoningRefIssuedKey);
        Assert.Equal([-1L, -1, -1, -1, -1, -1, -1], [_exchange.Asn, _exchange.Turn, _exchange.MaxTokens,
            _exchange.SampleCount, _exchange.InputTokens, _exchange.OutputTokens, _exchange.ReasoningTokens]);
        Assert.True(float.IsNaN(_exchange.Temperature));
        Assert.False(_exchange.Logprobs || _exchange.Refused || _exchange.HasOutputSketch);
        Assert.Equal(0, _exchange.SegmentCount + _exchange.MessageCount + _exchange.ReasoningRefCount);
    }

    [Fact]
    public void TryDecode_NullOptionals_AreUnknown()
    {
        var json = ExchangeJson.Full();
        string[] optional =
        [
            "account.org_id", "account.created_at", "account.plan", "account.email_domain", "client.ip", "client.asn",
                "request.turn", "request.system", "request.messages",
            "request.tools", "request.temperature", "request.n", "request.logprobs", "request.reasoning",
                "request.reasoning_refs_presented", "response.input_tokens",
            "response.refused", "response.latency_ms", "response.finish_reason", "response.output_sketch",
        ];
        foreach (var path in optional)
        {
            json.Set(path, null);
        }

        Good(json);
        Assert.Equal(0UL, _exchange.OrgKey | _exchange.EmailDomainKey | _exchange.IpKey);
        Assert.Equal(-1, _exchange.Turn);
        Assert.Equal("", Prompt());
        Good(ExchangeJson.Minimal().Set("client", null));
    }

    [Theory]
    [InlineData("event_id")]
    [InlineData("occurred_at")]
    [InlineData("account")]
    [InlineData("account.id")]
    [InlineData("request")]
    [InlineData("request.model")]
    [InlineData("response")]
    [InlineData("response.status")]
    public void TryDecode_RequiredMissingOrNull_NamesIt(string path)
    {
        Faulty(ExchangeJson.Full().Remove(path), DecodeFaultKind.MissingProperty, path);
        Faulty(ExchangeJson.Full().Set(path, null), DecodeFaultKind.WrongType, path);
    }

    [Theory]
    [InlineData("event_id", "7")]
    [InlineData("account", "[]")]
    [InlineData("account.id", "{}")]
    [InlineData("account.payment_hash", "5")]
    [InlineData("client", "\"x\"")]
    [InlineData("client.ip", "[1]")]
    [InlineData("client.asn", "\"AS1\"")]
    [InlineData("request.turn", "1.5")]
    [InlineData("request.system", "[\"x\"]")]
    [InlineData("request.messages", "{}")]
    [InlineData("request.tools", "[{}]")]
    [InlineData("request.modalities", "[[1]]")]
    [InlineData("request.temperature", "\"hot\"")]
    [InlineData("request.logprobs", "1")]
    [InlineData("request.stream", "\"yes\"")]
    [InlineData("request.reasoning", "true")]
    [InlineData("request.reasoning_refs_presented", "[1]")]
    [InlineData("response.status", "\"200\"")]
    [InlineData("response.latency_ms", "\"fast\"")]
    [InlineData("response.finish_reason", "0")]
    [InlineData("response.output_sketch", "[\"a\"]")]
    [InlineData("response.output_sketch", "[0.5]")]
    public void TryDecode_WrongType_NamesIt(string path, string json) =>
        Faulty(ExchangeJson.Full().SetRaw(path, json), DecodeFaultKind.WrongType, path);

    [Theory]
    [InlineData("request.messages", "[{\"role\":\"user\"},7]", "request.messages[1]")]
    [InlineData("request.messages", "[{\"role\":\"user\"},{\"role\":7}]", "request.messages[1].role")]
    [InlineData("request.messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
        "request.messages[0].content")]
    public void TryDecode_WrongTypeInMessages_NamesTheItem(string path, string json, string expected) =>
        Faulty(ExchangeJson.Full().SetRaw(path, json), DecodeFaultKind.WrongType, expected);

    [Fact]
    public void TryDecode_MessageWithoutRole_NamesTheItem() =>
        Faulty(
            ExchangeJson.Full().SetRaw("request.messages", "[{\"role\":\"user\"},{\"content\":\"x\"}]"),
            DecodeFaultKind.MissingProperty,
            "request.messages[1].role");

    [Theory]
    [InlineData("request.turn", "0")]
    [InlineData("request.n", "0")]
    [InlineData("request.max_tokens", "-1")]
    [InlineData("response.input_tokens", "-5")]
    [InlineData("response.latency_ms", "-1e3")]
    [InlineData("response.output_sketch", "[-1]")]
    [InlineData("response.output_sketch", "[4294967296]")]
    [InlineData("occurred_at", "\"1969-12-31T23:59:59Z\"")]
    [InlineData("occurred_at", "\"2200-01-01T00:00:00Z\"")]
    [InlineData("event_id", "\"\"")]
    [InlineData("account.id", "\"\"")]
    public void TryDecode_OutOfRange_NamesIt(string path, string json) =>
        Faulty(ExchangeJson.Full().SetRaw(path, json), DecodeFaultKind.OutOfRange, path);

    [Fact]
    public void TryDecode_IdsAtTheirLimit_CountCodePoints()
    {
        Good(ExchangeJson.Full(new string('é', 64), string.Concat(Enumerable.Repeat("😀", 128))));
        Faulty(ExchangeJson.Full(new string('é', 65)), DecodeFaultKind.OutOfRange, "event_id");
        Faulty(ExchangeJson.Full("e", new string('a', 129)), DecodeFaultKind.OutOfRange, "account.id");
    }

    [Theory]
    [InlineData("3.0", 3)]
    [InlineData("1e3", 1000)]
    [InlineData("-0", 0)]
    [InlineData("5000000000", int.MaxValue)]
    [InlineData("99999999999999999999", int.MaxValue)]
    [InlineData("1e400", int.MaxValue)]
    public void TryDecode_Numbers_AreIntegersHoweverWritten(string json, int expected)
    {
        Good(Encoding.UTF8.GetBytes(ExchangeJson.Full().ToString().Replace("\"input_tokens\":96",
            "\"input_tokens\":" + json, StringComparison.Ordinal)));
        Assert.Equal(expected, _exchange.InputTokens);
    }

    [Fact]
    public void TryDecode_SystemNumbersOf32Bits_AreKept()
    {
        Good(ExchangeJson.Full().SetRaw("client.asn", "4294967295"));
        Assert.Equal(4294967295, _exchange.Asn);
        Good(ExchangeJson.Full().SetRaw("client.asn", "4294967296"));
        Assert.Equal(-1, _exchange.Asn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t\r")]
    public void TryDecode_Blank_IsEmpty(string line) => Faulty(Encoding.UTF8.GetBytes(line), DecodeFaultKind.Empty, "");

    [Theory]
    [InlineData("nonsense", 1)]
    [InlineData("{\"event_id\":\"a\"", 15)]
    [InlineData("{\"event_id\":\"a\",}", 16)]
    [InlineData("{} {}", 3)]
    [InlineData("{\"a\":01}", 6)]
    [InlineData("{\"a\":\"\\ud8zz\"}", 10)]
    [InlineData("{\"a\":NaN}", 5)]
    [InlineData("{/*c*/}", 1)]
    public void TryDecode_NotJson_SaysWhere(string line, int position)
    {
        Faulty(Encoding.UTF8.GetBytes(line), DecodeFaultKind.NotJson, "");
        ExchangeDecoder.TryDecode(Encoding.UTF8.GetBytes(line), _exchange, out var fault);
        Assert.Equal(position, fault.Position);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    public void TryDecode_NoObject_IsAWrongType(string line) =>
        Faulty(Encoding.UTF8.GetBytes(line), DecodeFaultKind.WrongType, "");

    [Fact]
    public void TryDecode_InvalidUtf8_SaysWhere()
    {
        byte[] line = [.. "{\"event_id\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.False(ExchangeDecoder.TryDecode(line, _exchange, out var fault));
        Assert.Equal(new DecodeFault(DecodeFaultKind.InvalidUtf8, "", 13), fault);
        Assert.Equal("invalid_utf8", fault.Code);
    }

    [Fact]
    public void TryDecode_Depth_HasALimit()
    {
        // The extra value is itself at depth 2.
        Good(WithExtra(new string('[', ExchangeDecoder.DepthMax - 1) + new string(']', ExchangeDecoder.DepthMax - 1)));
        Faulty(WithExtra(new string('[', ExchangeDecoder.DepthMax) + new string(']', ExchangeDecoder.DepthMax)),
            DecodeFaultKind.TooDeep, "");
        Faulty(WithExtra(string.Concat(Enumerable.Repeat("{\"a\":", 800_000))), DecodeFaultKind.TooDeep, "");
        Faulty(Encoding.UTF8.GetBytes(new string('[', 100)), DecodeFaultKind.WrongType, "");
    }

    [Fact]
    public void TryDecode_Length_HasALimit()
    {
        var padding = ExchangeDecoder.LineBytesMax - ExchangeJson.Full().Prompt("").ToUtf8().Length;
        Good(ExchangeJson.Full().Prompt(new string('a', padding)));
        Assert.Equal(padding, _exchange.TextOf(_exchange.Segments[1]).Length);
        Faulty(ExchangeJson.Full().Prompt(new string('a', padding + 1)), DecodeFaultKind.TooLong, "");
    }

    [Fact]
    public void TryDecode_UnknownProperties_AreIgnored() =>
        Good(WithExtra("{\"id\":7,\"deep\":[{\"event_id\":null},\"\\ud800\",1e999,true]}"));

    [Fact]
    public void TryDecode_ByteOrderMark_IsIgnored() =>
        Good([0xEF, 0xBB, 0xBF, .. ExchangeJson.Full().ToUtf8(), (byte)'\r']);

    [Fact]
    public void TryDecode_DuplicateProperties_TheLastCounts()
    {
        const string Line =
            """
            {"event_id":"a","event_id":"b","occurred_at":"2026-01-01T00:00:00Z","occurred_at":"2026-01-02T00:00:00Z",
            "account":{"id":"x","plan":"p"},"account":{"id":"y","id":"z"},"client":{"asn":1},"client":{},
            "response":{"status":500,"input_tokens":4},"response":{"status":200},
            "request":{"model":"old","system":"old","messages":[{"role":"user","content":"old"}],"turn":4},
            "request":{"model":"m","messages":[{"role":"user","content":"1"}],"system":"s1","system":"s2",
            "reasoning_refs_presented":["a"],
            "messages":[{"role":"tool","content":"2","content":"3","role":"user"}],"reasoning_refs_presented":["b"]}}
            """;
        Good(Encoding.UTF8.GetBytes(Line.ReplaceLineEndings("")));
        Assert.Equal("b z m", $"{_exchange.EventId} {_exchange.AccountId} {_exchange.Model}");
        Assert.Equal(1_767_312_000_000, _exchange.OccurredAtMs);
        Assert.Equal(0UL, _exchange.PlanKey);
        Assert.Equal([-1, -1, 200, -1, 1], [_exchange.Asn, _exchange.Turn, _exchange.Status, _exchange.InputTokens,
            _exchange.MessageCount]);
        Assert.Equal([KeyHash.Of("b")], _exchange.ReasoningRefs.ToArray());
        Assert.Equal("System:s2|User:3", Prompt());
    }

    [Fact]
    public void TryDecode_Roles_AreTold()
    {
        Good(ExchangeJson.Minimal().SetRaw(
            "request.messages",
            """
            [{"content":"a","role":"USER"},{"role":"developer","content":"b"},{"role":"function","content":"c"},
            {"role":"narrator","content":"d"},{"role":"\u0074ool","content":null},{"role":"model"}]
            """));
        Assert.Equal("User:a|System:b|Tool:c|Other:d|Tool:|Assistant:", Prompt());
    }

    [Fact]
    public void TryDecode_SystemAfterMessages_StandsFirst()
    {
        var json = ExchangeJson.Minimal().Prompt("question").Set("request.system", "frame");
        Good(json);
        Assert.Equal("System:frame|User:question", Prompt());
    }

    [Fact]
    public void TryDecode_ManyMessages_TheLastAreKept()
    {
        foreach (var count in (int[])[510, 511, 512, 1023, 1024, 5000])
        {
            var messages = string.Join(',', Enumerable.Range(0, count).Select(i =>
                $$"""{"role":"user","content":"{{i}}"}"""));
            Good(ExchangeJson.Full().SetRaw("request.messages", "[" + messages + "]"));
            Assert.Equal(count, _exchange.MessageCount);
            Assert.Equal(Math.Min(count + 1, Exchange.SegmentsMax), _exchange.SegmentCount);
            Assert.Equal("You are terse.", Encoding.UTF8.GetString(_exchange.TextOf(_exchange.Segments[0])));
            Assert.Equal(
                Enumerable.Range(count - _exchange.SegmentCount + 1, _exchange.SegmentCount - 1).Select(i => $"{i}"),
                _exchange.Segments[1..].ToArray().Select(segment =>
                    Encoding.UTF8.GetString(_exchange.TextOf(segment))));
        }
    }

    [Fact]
    public void TryDecode_Escapes_AreResolved()
    {
        Good(ExchangeJson.Minimal().ToString().Replace(
            "\"model\":\"m\"",
            """ "model":"\u006d\/\\\"","messages":[{"r\u006fle":"user","""
                + """ "content":"\b\f\n\r\t\u00e9 \ud83d\ude00 \uD800 \udc00\ud800x\ud800\u0041"}] """,
            StringComparison.Ordinal));
        Assert.Equal("m/\\\"", _exchange.Model.ToString());
        Assert.Equal("User:\b\f\n\r\té 😀 \uFFFD \uFFFD\uFFFDx\uFFFDA", Prompt());
    }

    [Fact]
    public void TryDecode_BadOptionalFormats_AreUnknown()
    {
        Good(ExchangeJson.Full().Set("client.ip", "localhost").Set("account.created_at",
            "yesterday").SetRaw("response.output_sketch", "[1,2]"));
        Assert.Equal(0UL, _exchange.IpKey | _exchange.IpBlockKey);
        Assert.Equal(Exchange.UnknownTime, _exchange.AccountCreatedAtMs);
        Assert.False(_exchange.HasOutputSketch);
    }

    [Fact]
    public void Describe_SaysWhatWithoutQuoting()
    {
        Assert.False(ExchangeDecoder.TryDecode("{\"event_id\":\"secret prompt"u8, _exchange, out var fault));
        Assert.DoesNotContain("secret", fault.Describe(), StringComparison.Ordinal);
        foreach (var kind in Enum.GetValues<DecodeFaultKind>())
        {
            var one = new DecodeFault(kind, "account.id", 5);
            Assert.EndsWith(".", one.Describe(), StringComparison.Ordinal);
            Assert.Matches("^[a-z0-9_]+$", one.Code);
        }
    }

    [Fact]
    public void TryDecode_GoodLines_AllocateNothing()
    {
        byte[][] lines = [ExchangeJson.Full().ToUtf8(), ExchangeJson.Full().Prompt("caf\\u00e9 \n \"quoted\"").ToUtf8(),
            ExchangeJson.Minimal().ToUtf8()];
        foreach (var line in lines)
        {
            ExchangeDecoder.TryDecode(line, _exchange, out _);
        }

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                ExchangeDecoder.TryDecode(lines[i % lines.Length], _exchange, out _);
            }
        }));
    }

    private static byte[] WithExtra(string json) =>
        Encoding.UTF8.GetBytes(ExchangeJson.Full().ToString()[..^1] + ",\"extra\":" + json + "}");

    private string Prompt() => string.Join(
        '|', _exchange.Segments.ToArray().Select(segment =>
            $"{segment.Role}:{Encoding.UTF8.GetString(_exchange.TextOf(segment))}"));

    private void Good(ExchangeJson json) => Good(json.ToUtf8());

    private void Good(string json) => Good(Encoding.UTF8.GetBytes(json));

    private void Good(byte[] line)
    {
        var good = ExchangeDecoder.TryDecode(line, _exchange, out var fault);
        Assert.True(good, fault.Describe() + fault.Path);
    }

    private void Faulty(ExchangeJson json, DecodeFaultKind kind, string path) => Faulty(json.ToUtf8(), kind, path);

    private void Faulty(byte[] line, DecodeFaultKind kind, string path)
    {
        Assert.False(ExchangeDecoder.TryDecode(line, _exchange, out var fault));
        Assert.Equal((kind, path), (fault.Kind, fault.Path));
        Assert.InRange(fault.Position, 0, line.Length);
    }
}
