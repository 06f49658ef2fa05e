using System.Text.Json;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// One walk over a line's JSON. The first fault ends it. Property names are told apart by length and then by bytes; the
/// values are read by <c>ExchangeParser.Values.cs</c>.
/// </summary>
internal ref partial struct ExchangeParser
{
    internal const int EventIdCharsMax = 64;
    internal const int AccountIdCharsMax = 128;

    private readonly Exchange _exchange;
    private readonly Span<byte> _scratch;
    private Utf8JsonReader _reader;
    private DecodeFault _fault;
    private Required _missing;

    public ExchangeParser(Utf8JsonReader reader, Exchange exchange, Span<byte> scratch)
    {
        _reader = reader;
        _exchange = exchange;
        _scratch = scratch;
        _missing = Required.All;
    }

    [Flags]
    internal enum Required : byte
    {
        EventId = 1,
        OccurredAt = 2,
        Account = 4,
        AccountId = 8,
        Request = 16,
        Model = 32,
        Response = 64,
        Status = 128,
        All = 255,
    }

    public readonly DecodeFault Fault => _fault;

    public readonly long BytesConsumed => _reader.BytesConsumed;

    public readonly int Depth => _reader.CurrentDepth;

    /// <summary>Reads the whole line. The exchange is whole when <see cref="Fault"/> is none.</summary>
    public void Read()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            SetFault(DecodeFaultKind.WrongType, "");
            return;
        }

        while (NextProperty(out var name))
        {
            ReadRootProperty(name);
        }

        if (_fault.Kind == DecodeFaultKind.None)
        {
            var end = (int)_reader.TokenStartIndex;
            _reader.Read(); // Throws when anything but white space follows.
            CheckRequired(end);
        }
    }

    private void ReadRootProperty(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 8 when name.SequenceEqual("event_id"u8):
                ReadId("event_id", _exchange.EventId, EventIdCharsMax);
                _missing &= ~Required.EventId;
                break;
            case 11 when name.SequenceEqual("occurred_at"u8):
                ReadOccurredAt("occurred_at");
                _missing &= ~Required.OccurredAt;
                break;
            case 7 when name.SequenceEqual("account"u8):
                ReadAccount();
                break;
            case 6 when name.SequenceEqual("client"u8):
                ReadClient();
                break;
            case 7 when name.SequenceEqual("request"u8):
                ReadRequest();
                break;
            case 8 when name.SequenceEqual("response"u8):
                ReadResponse();
                break;
            default:
                _reader.Skip();
                break;
        }
    }

    private void ReadAccount()
    {
        _exchange.ClearAccount(); // Of two accounts the last counts, whole.
        _missing = (_missing | Required.AccountId) & ~Required.Account;
        if (!EnterObject("account", isOptional: false))
        {
            return;
        }

        while (NextProperty(out var name))
        {
            switch (name.Length)
            {
                case 2 when name.SequenceEqual("id"u8):
                    ReadId("account.id", _exchange.AccountId, AccountIdCharsMax);
                    _missing &= ~Required.AccountId;
                    break;
                case 6 when name.SequenceEqual("org_id"u8):
                    _exchange.OrgKey = ReadKey("account.org_id");
                    break;
                case 10 when name.SequenceEqual("created_at"u8):
                    _exchange.AccountCreatedAtMs = ReadTimeOrUnknown("account.created_at");
                    break;
                case 4 when name.SequenceEqual("plan"u8):
                    _exchange.PlanKey = ReadKey("account.plan");
                    break;
                case 12 when name.SequenceEqual("signup_route"u8):
                    _exchange.SignupRouteKey = ReadKey("account.signup_route");
                    break;
                case 12 when name.SequenceEqual("email_domain"u8):
                    _exchange.EmailDomainKey = ReadKeyLowerCase("account.email_domain");
                    break;
                case 10 when name.SequenceEqual("email_hash"u8):
                    _exchange.EmailKey = ReadKey("account.email_hash");
                    break;
                case 12 when name.SequenceEqual("payment_hash"u8):
                    _exchange.PaymentKey = ReadKey("account.payment_hash");
                    break;
                case 10 when name.SequenceEqual("phone_hash"u8):
                    _exchange.PhoneKey = ReadKey("account.phone_hash");
                    break;
                case 7 when name.SequenceEqual("country"u8):
                    _exchange.AccountCountryKey = ReadKey("account.country");
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
    }

    private void ReadClient()
    {
        _exchange.ClearClient();
        if (!EnterObject("client", isOptional: true))
        {
            return;
        }

        while (NextProperty(out var name))
        {
            switch (name.Length)
            {
                case 2 when name.SequenceEqual("ip"u8):
                    ReadAddress("client.ip");
                    break;
                case 3 when name.SequenceEqual("asn"u8):
                    _exchange.Asn = ReadInteger("client.asn", long.MinValue) is >= 0 and <= uint.MaxValue and var asn
                        ? asn
                        : Exchange.Unknown;
                    break;
                case 7 when name.SequenceEqual("country"u8):
                    _exchange.ClientCountryKey = ReadKey("client.country");
                    break;
                case 7 when name.SequenceEqual("network"u8):
                    _exchange.NetworkKey = ReadKey("client.network");
                    break;
                case 10 when name.SequenceEqual("user_agent"u8):
                    _exchange.UserAgentKey = ReadKey("client.user_agent");
                    break;
                case 3 when name.SequenceEqual("ja4"u8):
                    _exchange.Ja4Key = ReadKey("client.ja4");
                    break;
                case 11 when name.SequenceEqual("device_hash"u8):
                    _exchange.DeviceKey = ReadKey("client.device_hash");
                    break;
                case 10 when name.SequenceEqual("api_key_id"u8):
                    _exchange.ApiKeyKey = ReadKey("client.api_key_id");
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
    }

    private void ReadResponse()
    {
        _exchange.ClearResponse();
        _missing = (_missing | Required.Status) & ~Required.Response;
        if (!EnterObject("response", isOptional: false))
        {
            return;
        }

        while (NextProperty(out var name))
        {
            switch (name.Length)
            {
                case 6 when name.SequenceEqual("status"u8):
                    _exchange.Status = ReadStatus("response.status");
                    _missing &= ~Required.Status;
                    break;
                case 13 when name.SequenceEqual("finish_reason"u8):
                    CheckText("response.finish_reason");
                    break;
                case 12 when name.SequenceEqual("input_tokens"u8):
                    _exchange.InputTokens = ReadCount("response.input_tokens", 0);
                    break;
                case 13 when name.SequenceEqual("output_tokens"u8):
                    _exchange.OutputTokens = ReadCount("response.output_tokens", 0);
                    break;
                case 16 when name.SequenceEqual("reasoning_tokens"u8):
                    _exchange.ReasoningTokens = ReadCount("response.reasoning_tokens", 0);
                    break;
                case 10 when name.SequenceEqual("latency_ms"u8):
                    ReadCount("response.latency_ms", 0);
                    break;
                case 7 when name.SequenceEqual("refused"u8):
                    _exchange.Refused = ReadBool("response.refused");
                    break;
                case 20 when name.SequenceEqual("reasoning_ref_issued"u8):
                    _exchange.ReasoningRefIssuedKey = ReadKey("response.reasoning_ref_issued");
                    break;
                case 13 when name.SequenceEqual("output_sketch"u8):
                    ReadOutputSketch("response.output_sketch");
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
    }

    private void CheckRequired(int end)
    {
        if (_missing != 0)
        {
            _fault = new DecodeFault(DecodeFaultKind.MissingProperty, FirstOf(_missing), end);
        }
    }

    /// <summary>The missing property to name, of several the first in the schema.</summary>
    internal static string FirstOf(Required missing) => missing switch
    {
        _ when missing.HasFlag(Required.EventId) => "event_id",
        _ when missing.HasFlag(Required.OccurredAt) => "occurred_at",
        _ when missing.HasFlag(Required.Account) => "account",
        _ when missing.HasFlag(Required.AccountId) => "account.id",
        _ when missing.HasFlag(Required.Request) => "request",
        _ when missing.HasFlag(Required.Model) => "request.model",
        _ when missing.HasFlag(Required.Response) => "response",
        _ => "response.status",
    };
}
