using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sentinel.Api.Gateways;

/// <summary>Reads whom a gateway asks about from the headers of its request. Whatever they hold, there is an
/// answer.</summary>
internal static class CallerHeaders
{
    /// <summary>The account that the configured header names.</summary>
    public static AccountFault ReadAccount(IHeaderDictionary headers, GatewayPolicy policy, out string account) =>
        ReadAccount(headers[policy.Options.AccountHeader], out account);

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

    /// <summary>The plan; empty where there is none that can be one.</summary>
    public static string ReadPlan(IHeaderDictionary headers, GatewayPolicy policy) =>
        headers[policy.Options.PlanHeader] is [{ } plan] ? plan : "";

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
