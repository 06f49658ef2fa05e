using Sentinel.Api.Security;
using Sentinel.Hosting;
using Sentinel.Hosting.Serving;

namespace Sentinel.EndToEnd.Tests;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8787", "")]
    [InlineData("http://localhost:0;http://[::1]:0", "")]
    [InlineData("http://unix:/tmp/socket", "")]
    public void Check_ThisMachineAlone_NeedsNoKeys(string urls, string http2Urls) =>
        ListenAddresses.Check(Options(urls, http2Urls), new SecurityOptions());

    [Theory]
    [InlineData("http://0.0.0.0:8787", "")]
    [InlineData("http://*:8787", "")]
    [InlineData("http://[::]:8787", "")]
    [InlineData("http://sentinel.internal:8787", "")]
    [InlineData("http://127.0.0.1:8787", "http://10.0.0.1:8788")]
    public void Check_OtherMachines_NeedKeysOrAWord(string urls, string http2Urls)
    {
        var options = Options(urls, http2Urls);
        var fault = Assert.Throws<CommandException>(() => ListenAddresses.Check(options, new SecurityOptions()));
        Assert.Contains("LLMSENTINEL_Security__KeysFile", fault.Message, StringComparison.Ordinal);
        ListenAddresses.Check(options, new SecurityOptions { KeysFile = "keys" });
        ListenAddresses.Check(options, new SecurityOptions { Anonymous = true });
    }

    [Fact]
    public void Check_TlsWithoutACertificate_IsRefused() => Assert.Throws<CommandException>(() =>
        ListenAddresses.Check(Options("https://127.0.0.1:8787", ""), new SecurityOptions()));

    private static ServeOptions Options(string urls, string http2Urls) => new() { Urls = urls, Http2Urls = http2Urls };
}
