using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sentinel.Api.Decisions;

namespace Sentinel.Api.Gateways;

/// <summary>Reads whom a gateway asks about from the headers of its request. Whatever they hold, there is an
/// answer.</summary>
internal static class CallerHeaders
{
    /// <summary>All that the configured headers name. Headers of keys that there is no ruling on are left alone.</summary>
    public static NamedKeys Read(IHeaderDictionary headers, GatewayPolicy policy, RulingBoard rulings)
    {
        var fault = ReadAccount(headers[policy.Options.AccountHeader], out var account);
        return Read(headers, policy, rulings, account) with { Fault = fault };
    }

    /// <summary>The same beside an account that is known.</summary>
    public static NamedKeys Read(
        IHeaderDictionary headers, GatewayPolicy policy, RulingBoard rulings, ReadOnlySpan<char> account)
    {
        var options = policy.Options;
        return new NamedKeys
        {
            Fault = AccountFault.None,
            Account = account,
            Plan = headers[options.PlanHeader] is [{ } plan] ? plan : "",
            ApiKey = ReadKey(headers, options.ApiKeyHeader, KeyKind.ApiKey, rulings),
            PaymentHash = ReadKey(headers, options.PaymentHeader, KeyKind.PaymentHash, rulings),
            Organisation = ReadKey(headers, options.OrganisationHeader, KeyKind.Organisation, rulings),
            Address = ReadKey(headers, options.AddressHeader, KeyKind.AddressBlock, rulings),
        };
    }

    /// <summary>The account that a header's values name. More than one is none: nobody can tell which the gateway
    /// set.</summary>
    public static AccountFault ReadAccount(StringValues values, out string account)
    {
        account = "";
        if (StringValues.IsNullOrEmpty(values))
        {
            return AccountFault.Missing;
        }

        if (values.Count != 1 || !TryDecode(values[0]!, out var text) || !AccountIdText.IsValid(text))
        {
            return AccountFault.Bad;
        }

        account = text;
        return AccountFault.None;
    }

    private static string ReadKey(IHeaderDictionary headers, string name, KeyKind kind, RulingBoard rulings) =>
        rulings.Has(kind) && headers[name] is [{ } value] && TryDecode(value, out var text) ? text : "";

    // The server hands bytes over as Latin-1, so that no byte is an error; what they mean is UTF-8.
    private static bool TryDecode(string value, [NotNullWhen(true)] out string? text)
    {
        text = value;
        if (Ascii.IsValid(value))
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[AccountIdText.CharsMax * 4];
        if (value.Length > bytes.Length)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] > byte.MaxValue)
            {
                return true; // The host decodes by itself.
            }

            bytes[i] = (byte)value[i];
        }

        bytes = bytes[..value.Length];
        text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        return text is not null;
    }
}
