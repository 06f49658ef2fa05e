using Sentinel.Detection.Links;

namespace Sentinel.Reports.Stix;

/// <summary>
/// The property extension of <c>user-account</c> that carries keys: STIX has no property for a payment instrument's hash, a
/// frame's or a TLS client's, and addresses are known to the store as keys only.
/// </summary>
internal static class StixKeys
{
    /// <summary>Version of the extension.</summary>
    public const string Version = "1.0.0";

    /// <summary>Property that says how the keys were made.</summary>
    public const string FormProperty = "key_form";

    private const string Suffix = "_keys";

    /// <summary>Id of the extension.</summary>
    public static string ExtensionId { get; } = StixIds.Of("extension-definition", "link-keys", Version);

    /// <summary>Property that lists keys of a kind.</summary>
    public static string PropertyOf(LinkKind kind) => LinkKinds.Names[(int)kind] + Suffix;

    /// <summary>The name of a form on the wire.</summary>
    public static string NameOf(KeyForm form) => form switch
    {
        KeyForm.StoreKey => "store-key-64",
        KeyForm.RecipientHmac => "hmac-sha-256",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "No such form."),
    };

    /// <summary>A pattern that finds accounts with a key. The value is hexadecimal, so nothing has to be escaped.</summary>
    public static string PatternOf(LinkKind kind, string value)
    {
        if (value.Length == 0 || !value.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException("A key is hexadecimal digits.", nameof(value));
        }

        return $"[user-account:extensions.'{ExtensionId}'.{PropertyOf(kind)}[*] = '{value}']";
    }

    /// <summary>Reads a pattern as <see cref="PatternOf"/> writes it; false for any other.</summary>
    public static bool TryRead(string pattern, out LinkKind kind, out string value)
    {
        kind = default;
        value = string.Empty;
        var start = $"[user-account:extensions.'{ExtensionId}'.";
        const string Middle = "[*] = '";
        const string End = "']";
        if (!pattern.StartsWith(start, StringComparison.Ordinal) || !pattern.EndsWith(End, StringComparison.Ordinal))
        {
            return false;
        }

        var middle = pattern.IndexOf(Middle, start.Length, StringComparison.Ordinal);
        if (middle < 0 || middle + Middle.Length > pattern.Length - End.Length)
        {
            return false;
        }

        var property = pattern[start.Length..middle];
        var name = property.EndsWith(Suffix, StringComparison.Ordinal) ? property[..^Suffix.Length] : string.Empty;
        var index = LinkKinds.Names.IndexOf(name);
        value = pattern[(middle + Middle.Length)..^End.Length];
        kind = (LinkKind)Math.Max(index, 0);
        return index >= 0 && value.Length is 16 or 64 && value.All(char.IsAsciiHexDigitLower);
    }
}
