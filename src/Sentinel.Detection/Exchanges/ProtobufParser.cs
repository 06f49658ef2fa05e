using Required = Sentinel.Detection.Exchanges.ExchangeParser.Required;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// One walk over a message. The first fault ends it. The numbers are those of schemas/exchange.v1.proto; the values are
/// read by <c>ProtobufParser.Values.cs</c>, and what they may be is <see cref="ExchangeParser"/>'s to say.
/// </summary>
internal ref partial struct ProtobufParser(ReadOnlySpan<byte> message, Exchange exchange)
{
    private readonly Exchange _exchange = exchange;
    private WireReader _reader = new(message);
    private WireType _type;
    private DecodeFault _fault;
    private Required _missing = Required.All;
    private int _sketchCount;

    /// <summary>Reads the whole message. The exchange is whole when no fault comes back.</summary>
    public DecodeFault Read()
    {
        while (NextField(out var field))
        {
            switch (field)
            {
                case 2:
                    ReadId("event_id", _exchange.EventId, ExchangeParser.EventIdCharsMax);
                    _missing &= ~Required.EventId;
                    break;
                case 3:
                    ReadOccurredAt("occurred_at");
                    _missing &= ~Required.OccurredAt;
                    break;
                case 4:
                    ReadAccount();
                    break;
                case 5:
                    ReadClient();
                    break;
                case 6:
                    ReadRequest();
                    break;
                case 7:
                    ReadResponse();
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        if (_fault.Kind == DecodeFaultKind.None && _missing != 0)
        {
            SetFault(DecodeFaultKind.MissingProperty, ExchangeParser.FirstOf(_missing));
        }

        _exchange.HasOutputSketch = _sketchCount == Exchange.SketchLength;
        return _fault;
    }

    private void ReadAccount()
    {
        _missing &= ~Required.Account;
        var outer = Enter("account");
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1:
                    ReadId("account.id", _exchange.AccountId, ExchangeParser.AccountIdCharsMax);
                    _missing &= ~Required.AccountId;
                    break;
                case 2:
                    _exchange.OrgKey = ReadKey("account.org_id");
                    break;
                case 3:
                    _exchange.AccountCreatedAtMs = ReadTimeOrUnknown("account.created_at");
                    break;
                case 4:
                    _exchange.PlanKey = ReadKey("account.plan");
                    break;
                case 5:
                    _exchange.SignupRouteKey = ReadKey("account.signup_route");
                    break;
                case 6:
                    _exchange.EmailDomainKey = ReadKeyLowerCase("account.email_domain");
                    break;
                case 7:
                    _exchange.EmailKey = ReadKey("account.email_hash");
                    break;
                case 8:
                    _exchange.PaymentKey = ReadKey("account.payment_hash");
                    break;
                case 9:
                    _exchange.PhoneKey = ReadKey("account.phone_hash");
                    break;
                case 10:
                    _exchange.AccountCountryKey = ReadKey("account.country");
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        _reader.Leave(outer);
    }

    private void ReadClient()
    {
        var outer = Enter("client");
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1:
                    ReadAddress("client.ip");
                    break;
                case 2:
                    _exchange.Asn = ReadInteger("client.asn") is >= 0 and <= uint.MaxValue and var asn
                        ? asn
                        : Exchange.Unknown;
                    break;
                case 3:
                    _exchange.ClientCountryKey = ReadKey("client.country");
                    break;
                case 4:
                    _exchange.NetworkKey = ReadKey("client.network");
                    break;
                case 5:
                    _exchange.UserAgentKey = ReadKey("client.user_agent");
                    break;
                case 6:
                    _exchange.Ja4Key = ReadKey("client.ja4");
                    break;
                case 7:
                    _exchange.DeviceKey = ReadKey("client.device_hash");
                    break;
                case 8:
                    _exchange.ApiKeyKey = ReadKey("client.api_key_id");
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        _reader.Leave(outer);
    }

    private void ReadResponse()
    {
        _missing &= ~Required.Response;
        var outer = Enter("response");
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1:
                    _exchange.Status = (int)Math.Clamp(ReadInteger("response.status"), int.MinValue, int.MaxValue);
                    _missing &= ~Required.Status;
                    break;
                case 2:
                    ReadText("response.finish_reason");
                    break;
                case 3:
                    _exchange.InputTokens = ReadCount("response.input_tokens", 0);
                    break;
                case 4:
                    _exchange.OutputTokens = ReadCount("response.output_tokens", 0);
                    break;
                case 5:
                    _exchange.ReasoningTokens = ReadCount("response.reasoning_tokens", 0);
                    break;
                case 6:
                    ReadCount("response.latency_ms", 0);
                    break;
                case 7:
                    _exchange.Refused = ReadInteger("response.refused") != 0;
                    break;
                case 8:
                    _exchange.ReasoningRefIssuedKey = ReadKey("response.reasoning_ref_issued");
                    break;
                case 9:
                    ReadOutputSketch("response.output_sketch");
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        _reader.Leave(outer);
    }
}
