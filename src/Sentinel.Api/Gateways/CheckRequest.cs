// Field numbers are those of envoy/service/auth/v3/attribute_context.proto; everything else in the message is passed
// over.
using System.Text;
using System.Text.Unicode;

namespace Sentinel.Api.Gateways;

/// <summary>What Envoy's <c>CheckRequest</c> says that matters here. Points into the message: no longer valid than
/// it.</summary>
internal ref struct CheckRequest
{
    /// <summary>Room that all it names needs.</summary>
    public const int NamedCharsMax = 6 * AccountCharsMax;

    private const int AccountCharsMax = AccountIdText.CharsMax * 2;

    private const int Attributes = 1;
    private const int Request = 4;
    private const int Http = 2;
    private const int Headers = 3;
    private const int Path = 4;
    private const int HeaderMap = 13;
    private const int HeaderMapHeaders = 1;
    private const int Key = 1;
    private const int Value = 2;
    private const int RawValue = 3;

    private ReadOnlySpan<byte> _account;
    private ReadOnlySpan<byte> _plan;
    private ReadOnlySpan<byte> _apiKey;
    private ReadOnlySpan<byte> _payment;
    private ReadOnlySpan<byte> _organisation;
    private ReadOnlySpan<byte> _address;
    private ReadOnlySpan<byte> _path;
    private int _accountCount;

    /// <summary>Whether the client sent <c>anthropic-version</c>.</summary>
    public bool HasVersionHeader { get; private set; }

    /// <summary>Reads a message; false if it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, GatewayPolicy policy, out CheckRequest check)
    {
        check = default;
        return Descend(message, Attributes, out var attributes)
            && Descend(attributes, Request, out var request)
            && Descend(request, Http, out var http)
            && check.TryReadHttp(http, policy);
    }

    private readonly AccountFault ReadAccount(Span<char> chars, out int length)
    {
        length = 0;
        if (_accountCount == 0 || (_accountCount == 1 && _account.IsEmpty))
        {
            return AccountFault.Missing;
        }

        if (_accountCount > 1 || !TryDecode(_account, chars, out length) || !AccountIdText.IsValid(chars[..length]))
        {
            length = 0;
            return AccountFault.Bad;
        }

        return AccountFault.None;
    }

    /// <summary>All that it names, in characters of the space, which has room for <see cref="NamedCharsMax"/>.</summary>
    public readonly NamedKeys ReadNamed(AccountFault fault, Span<char> space)
    {
        var accountLength = 0;
        var account = space[..AccountCharsMax];
        fault = fault == AccountFault.None ? ReadAccount(account, out accountLength) : fault;
        return new NamedKeys
        {
            Fault = fault,
            Account = account[..accountLength],
            Plan = Decoded(_plan, space[AccountCharsMax..]),
            ApiKey = Decoded(_apiKey, space[(2 * AccountCharsMax)..]),
            PaymentHash = Decoded(_payment, space[(3 * AccountCharsMax)..]),
            Organisation = Decoded(_organisation, space[(4 * AccountCharsMax)..]),
            Address = Decoded(_address, space[(5 * AccountCharsMax)..]),
        };
    }

    /// <summary>The body of a refusal.</summary>
    public readonly ReadOnlyMemory<byte> DenyBodyFor(DenyFormat format)
    {
        const int PathCharsMax = 256; // Long enough to tell whose path it is.
        Span<char> path = stackalloc char[PathCharsMax];
        var shown = _path[..Math.Min(_path.Length, PathCharsMax)];
        return DenyBody.For(format, path[..Encoding.Latin1.GetChars(shown, path)], HasVersionHeader);
    }

    // A message field may be absent, which is an empty message; of several the last counts.
    private static bool Descend(ReadOnlySpan<byte> message, int wanted, out ReadOnlySpan<byte> inner)
    {
        inner = default;
        var reader = new ProtoReader(message);
        while (reader.TryNext(out var field, out var bytes))
        {
            inner = field == wanted ? bytes : inner;
        }

        return !reader.IsBroken;
    }

    private bool TryReadHttp(ReadOnlySpan<byte> http, GatewayPolicy policy)
    {
        var reader = new ProtoReader(http);
        while (reader.TryNext(out var field, out var bytes))
        {
            var isRead = field switch
            {
                Headers => TryReadHeader(bytes, policy),
                HeaderMap => TryReadHeaderMap(bytes, policy),
                _ => true,
            };
            if (!isRead)
            {
                return false;
            }

            _path = field == Path ? bytes : _path;
        }

        return !reader.IsBroken;
    }

    private bool TryReadHeaderMap(ReadOnlySpan<byte> map, GatewayPolicy policy)
    {
        var reader = new ProtoReader(map);
        while (reader.TryNext(out var field, out var bytes))
        {
            if (field == HeaderMapHeaders && !TryReadHeader(bytes, policy))
            {
                return false;
            }
        }

        return !reader.IsBroken;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> entry, GatewayPolicy policy)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        var reader = new ProtoReader(entry);
        while (reader.TryNext(out var field, out var bytes))
        {
            key = field == Key ? bytes : key;
            value = field is Value or RawValue && !bytes.IsEmpty ? bytes : value;
        }

        if (Ascii.EqualsIgnoreCase(key, policy.Options.AccountHeader))
        {
            _account = value;
            _accountCount++;
        }
        else if (Ascii.EqualsIgnoreCase(key, policy.Options.PlanHeader))
        {
            _plan = value;
        }
        else if (Ascii.EqualsIgnoreCase(key, "anthropic-version"u8))
        {
            HasVersionHeader = true;
        }
        else
        {
            TakeOther(key, value, policy.Options);
        }

        return !reader.IsBroken;
    }

    private void TakeOther(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, GatewayOptions options)
    {
        if (Ascii.EqualsIgnoreCase(key, options.ApiKeyHeader))
        {
            _apiKey = value;
        }
        else if (Ascii.EqualsIgnoreCase(key, options.PaymentHeader))
        {
            _payment = value;
        }
        else if (Ascii.EqualsIgnoreCase(key, options.OrganisationHeader))
        {
            _organisation = value;
        }
        else if (Ascii.EqualsIgnoreCase(key, options.AddressHeader))
        {
            _address = value;
        }
    }

    private static ReadOnlySpan<char> Decoded(ReadOnlySpan<byte> utf8, Span<char> space) =>
        TryDecode(utf8, space[..AccountCharsMax], out var length) ? space[..length] : default;

    private static bool TryDecode(ReadOnlySpan<byte> utf8, Span<char> chars, out int length)
    {
        length = 0;
        return Utf8.IsValid(utf8) && Encoding.UTF8.TryGetChars(utf8, chars, out length);
    }
}
