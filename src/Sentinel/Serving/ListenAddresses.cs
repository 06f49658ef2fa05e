using System.Net;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Security;

namespace Sentinel.Hosting.Serving;

/// <summary>The addresses that a program listens on, and whether it may.</summary>
internal static class ListenAddresses
{
    /// <summary>Addresses as texts.</summary>
    public static string[] Split(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Addresses in their parts.</summary>
    public static IEnumerable<BindingAddress> Of(string urls) => Split(urls).Select(static url => BindingAddress.Parse(url));

    /// <summary>Whether it asks for TLS.</summary>
    public static bool IsTls(BindingAddress address) =>
        string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whoever can post exchanges speaks for any account, so nobody beyond this machine does so without a key
    /// unless somebody has said that they may.</summary>
    /// <exception cref="CommandException">It may not listen there; says what to set.</exception>
    public static void Check(ServeOptions options, SecurityOptions security)
    {
        BindingAddress[] all;
        try
        {
            all = [.. Of(options.Urls), .. Of(options.Http2Urls)];
        }
        catch (FormatException cause)
        {
            throw CommandException.Failed($"cannot listen on {options.Urls}: {cause.Message}", cause);
        }

        if (Array.Exists(all, IsTls) && security.CertificateFile.Length == 0)
        {
            throw CommandException.Usage("an address with https needs Security:CertificateFile.");
        }

        if (security is { KeysFile: "", Anonymous: false } && Array.Find(all, static url => !IsLocal(url)) is { } open)
        {
            throw CommandException.Usage(
                $"{open} can be reached from other machines: set LLMSENTINEL_Security__KeysFile to a file of callers' keys, "
                + "or LLMSENTINEL_Security__Anonymous=true where the network lets nobody else through.");
        }
    }

    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe
        || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
