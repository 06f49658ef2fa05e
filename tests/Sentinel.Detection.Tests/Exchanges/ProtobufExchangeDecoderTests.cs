using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sentinel.Detection.Exchanges;
using Sentinel.Testing;
using Wire = LlmSentinel.Exchange.V1;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class ProtobufExchangeDecoderTests
{
    private readonly Exchange _exchange = new();
    private readonly Exchange _fromJson = new();

    [Theory]
    [InlineData(1)]
    [InlineData(20261122)]
    public void TryDecode_AnyEvent_SaysWhatItsJsonSays(int seed)
    {
        var events = new RandomExchange(new Random(seed));
        for (var round = 0; round < 2_000; round++)
        {
            var json = events.Next();
            Assert.True(ExchangeDecoder.TryDecode(json.ToUtf8(), _fromJson, out var jsonFault), $"{jsonFault} {json}");
            var message = ExchangeMessages.FromJson(json).ToByteArray();
            Assert.True(
                ProtobufExchangeDecoder.TryDecode(message, _exchange, out var fault),
                $"seed {seed}, round {round}: {fault} {json}");
            Assert.Equal(ExchangeMessages.Describe(_fromJson), ExchangeMessages.Describe(_exchange));
        }
    }

    [Fact]
    public void Schema_JsonMapping_IsTheEvent()
    {
        var message = ExchangeMessages.FromJson(ExchangeJson.Full().SetRaw("response.output_sketch", "[1,4294967295]"));
        var settings = JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true);
        var written = new JsonFormatter(settings).Format(message);
        Assert.True(ExchangeDecoder.TryDecode(System.Text.Encoding.UTF8.GetBytes(written), _fromJson, out var fault),
            $"{fault} {written}");
        Assert.Equal(message, JsonParser.Default.Parse<Wire.Exchange>(written));
    }

    [Fact]
    public void Schema_HasEveryPropertyOfTheJsonSchema()
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(ExchangeJson.Full().ToString())!.AsObject();
        foreach (var (name, value) in json)
        {
            var field = Wire.Exchange.Descriptor.FindFieldByName(name);
            Assert.NotNull(field);
            foreach (var (inner, _) in value as System.Text.Json.Nodes.JsonObject ?? [])
            {
                Assert.NotNull(field.MessageType.FindFieldByName(inner));
            }
        }
    }

    [Fact]
    public void TryDecode_RequiredMissing_NamesIt()
    {
        Missing(message => message.ClearEventId(), "event_id");
        Missing(message => message.OccurredAt = null, "occurred_at");
        Missing(message => message.Account = null, "account");
        Missing(message => message.Account.ClearId(), "account.id");
        Missing(message => message.Request = null, "request");
        Missing(message => message.Request.ClearModel(), "request.model");
        Missing(message => message.Request.Messages[1].ClearRole(), "request.messages[1].role");
        Missing(message => message.Response = null, "response");
        Missing(message => message.Response.ClearStatus(), "response.status");
    }

    [Fact]
    public void TryDecode_OutOfRange_NamesIt()
    {
        Faulty(message => message.EventId = "", DecodeFaultKind.OutOfRange, "event_id");
        Faulty(message => message.EventId = new string('é', 65), DecodeFaultKind.OutOfRange, "event_id");
        Faulty(message => message.Account.Id = new string('a', 129), DecodeFaultKind.OutOfRange, "account.id");
        Faulty(message => message.OccurredAt.Seconds = -1, DecodeFaultKind.OutOfRange, "occurred_at");
        Faulty(message => message.OccurredAt.Seconds = 7_258_118_400, DecodeFaultKind.OutOfRange, "occurred_at");
        Faulty(message => message.OccurredAt.Nanos = 1_000_000_000, DecodeFaultKind.BadTime, "occurred_at");
        Faulty(message => message.Request.Turn = 0, DecodeFaultKind.OutOfRange, "request.turn");
        Faulty(message => message.Request.N = 0, DecodeFaultKind.OutOfRange, "request.n");
        Faulty(message => message.Request.MaxTokens = -1, DecodeFaultKind.OutOfRange, "request.max_tokens");
        Faulty(message => message.Response.InputTokens = -1, DecodeFaultKind.OutOfRange, "response.input_tokens");
        Faulty(message => message.Response.LatencyMs = -5, DecodeFaultKind.OutOfRange, "response.latency_ms");
    }

    [Fact]
    public void TryDecode_CreationTimeOutOfRange_IsUnknown()
    {
        var message = Full();
        message.Account.CreatedAt = new Timestamp { Seconds = long.MinValue };
        Good(message.ToByteArray());
        Assert.Equal(Exchange.UnknownTime, _exchange.AccountCreatedAtMs);
    }

    [Fact]
    public void TryDecode_UnknownFieldsAndGroups_AreSkipped()
    {
        byte[] nested = [0xA3, 0x06, 0xA3, 0x06, 0x08, 0x01, 0xA4, 0x06, 0xA4, 0x06]; // Group 100 in group 100.
        byte[] rest = [0xA8, 0x06, 0x07, 0xB5, 0x06, 1, 2, 3, 4, 0xB9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xC2, 0x06, 1, 9];
        Good([.. nested, .. Full().ToByteArray(), .. rest]);
        Assert.Equal("ev-1", _exchange.EventId.ToString());
    }

    [Fact]
    public void TryDecode_HalfMessages_AreOne()
    {
        var first = new Wire.Exchange { Account = new Wire.Account { Plan = "payg" }, Response = new Wire.Response() };
        var second = Full();
        second.Account.ClearPlan();
        Good([.. first.ToByteArray(), .. second.ToByteArray()]);
        Assert.Equal(KeyHash.Of("payg"), _exchange.PlanKey);
        Assert.Equal("acct-1", _exchange.AccountId.ToString());
    }

    [Fact]
    public void TryDecode_SketchOneByOne_IsTheSketch()
    {
        var single = Enumerable.Range(0, 64).SelectMany(i => new byte[] { 0x4D, (byte)i, 0, 0, 0 }).ToArray();
        Good([.. Full().ToByteArray(), 0x3A, 0xC0, 0x02, .. single]);
        Assert.True(_exchange.HasOutputSketch);
        Assert.Equal(63u, _exchange.OutputSketch[63]);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0x01 }, DecodeFaultKind.WrongType, "event_id")]
    [InlineData(new byte[] { 0x20, 0x01 }, DecodeFaultKind.WrongType, "account")]
    [InlineData(new byte[] { 0x32, 0x02, 0x30, 0x01 }, DecodeFaultKind.WrongType, "request.messages[0]")]
    [InlineData(
        new byte[] { 0x32, 0x04, 0x32, 0x02, 0x08, 0x01 }, DecodeFaultKind.WrongType, "request.messages[0].role")]
    [InlineData(new byte[] { 0x12, 0x02, 0xC3, 0x28 }, DecodeFaultKind.InvalidUtf8, "event_id")]
    [InlineData(new byte[] { 0x12, 0x05, 0x61 }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[] { 0x22, 0x05, 0x0A }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[] { 0x00 }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[] { 0x17 }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[] { 0xA4, 0x06 }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[] { 0xA3, 0x06, 0x94, 0x06 }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(
        new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, DecodeFaultKind.NotProtobuf, "")]
    [InlineData(new byte[0], DecodeFaultKind.Empty, "")]
    public void TryDecode_BadBytes_SaysWhatIsWrong(byte[] message, DecodeFaultKind kind, string path)
    {
        Assert.False(ProtobufExchangeDecoder.TryDecode(message, _exchange, out var fault));
        Assert.Equal((kind, path), (fault.Kind, fault.Path));
        Assert.InRange(fault.Position, 0, message.Length);
        Assert.NotEmpty(fault.Describe());
    }

    [Fact]
    public void TryDecode_DepthAndLength_HaveALimit()
    {
        byte[] open = [.. Enumerable.Repeat((byte)0xA3, 500).SelectMany(item => new byte[] { item, 0x06 })];
        Assert.False(ProtobufExchangeDecoder.TryDecode(open, _exchange, out var fault));
        Assert.Equal(DecodeFaultKind.NotProtobuf, fault.Kind);
        var message = Full();
        message.Request.System = new string('a', ExchangeDecoder.LineBytesMax);
        Assert.False(ProtobufExchangeDecoder.TryDecode(message.ToByteArray(), _exchange, out fault));
        Assert.Equal(DecodeFaultKind.TooLong, fault.Kind);
    }

    [Fact]
    public void TryDecode_GrownBuffers_AllocatesNothing()
    {
        var message = Full().ToByteArray();
        Good(message);
        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                ProtobufExchangeDecoder.TryDecode(message, _exchange, out _);
            }
        }));
    }

    private static Wire.Exchange Full() => ExchangeMessages.FromJson(ExchangeJson.Full());

    private void Good(byte[] message) =>
        Assert.True(ProtobufExchangeDecoder.TryDecode(message, _exchange, out var fault), fault.ToString());

    private void Missing(Action<Wire.Exchange> change, string path) =>
        Faulty(change, DecodeFaultKind.MissingProperty, path);

    private void Faulty(Action<Wire.Exchange> change, DecodeFaultKind kind, string path)
    {
        var message = Full();
        change(message);
        Assert.False(ProtobufExchangeDecoder.TryDecode(message.ToByteArray(), _exchange, out var fault));
        Assert.Equal((kind, path), (fault.Kind, fault.Path));
    }
}
