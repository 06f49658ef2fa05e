using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sentinel.Api.Security;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Security;

public sealed class KeyRingTests
{
    [Fact]
    public void TryRead_Lines_FindsEachByItsKeyAlone()
    {
        var cert = SHA256.HashData("der"u8);
        Assert.True(KeyRing.TryRead(
            $"# callers\n\ngateway fronts,ingest {Digest("one")} # old\r\ngateway fronts {Digest("two")}\t2027-01-01\n"
            + $"analyst admin cert:{Convert.ToHexString(cert)}\n",
            out var ring, out _));
        Assert.Equal(3, ring.Count);
        Assert.Equal(CallerScopes.Fronts | CallerScopes.Ingest, ring.FindKey("one")!.Scopes);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), ring.FindKey("two")!.Until);
        Assert.Null(ring.FindKey("One"));
        Assert.Null(ring.FindKey(""));
        Assert.Null(ring.FindKey(new string('x', 100_000)));
        Assert.Equal("analyst", ring.FindCertificate(cert)!.Id);
        Assert.Null(ring.FindKey("der")); // A certificate is public: it is no key.
        Assert.Null(ring.FindCertificate(SHA256.HashData("one"u8)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nobody")]
    [InlineData("a fronts")]
    [InlineData("a everything sha256:{0}")]
    [InlineData("a fronts, sha256:{0}")]
    [InlineData("a/b fronts sha256:{0}")]
    [InlineData("a fronts sha256:{0}0")]
    [InlineData("a fronts md5:{0}")]
    [InlineData("a fronts sha256:secret-that-somebody-pasted-here-instead-of-the-digest-of-their-key")]
    [InlineData("a fronts sha256:{0} whenever")]
    [InlineData("a fronts sha256:{0} 2027-01-01 more")]
    public void TryRead_AnythingElse_IsRefusedWithoutShowingIt(string line)
    {
        var text = line.Replace("{0}", new string('0', 64), StringComparison.Ordinal);
        Assert.False(KeyRing.TryRead(text, out _, out var fault));
        Assert.DoesNotContain("somebody", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void InForce_FileThatChanges_IsReadAgainAndAWrongOneLeavesTheFormerKeys()
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-keys-");
        try
        {
            var file = Path.Combine(folder.FullName, "keys");
            var options = new SecurityOptions { KeysFile = file };
            File.WriteAllText(file, "wrong");
            Assert.Throws<OptionsValidationException>(() => new KeyRingInForce(options, new ManualClock(), Logger));
            File.WriteAllText(file, $"a fronts {Digest("one")}");
            var clock = new ManualClock();
            using var inForce = new KeyRingInForce(options, clock, Logger);
            Assert.NotNull(inForce.Current!.FindKey("one"));
            File.WriteAllText(file, $"a fronts {Digest("one")}\na fronts {Digest("two")}");
            clock.Advance(TimeSpan.FromSeconds(10));
            Assert.NotNull(inForce.Current.FindKey("two"));
            foreach (var broken in new Action[] { () => File.WriteAllText(file, "wrong"), () => File.Delete(file) })
            {
                broken();
                clock.Advance(TimeSpan.FromSeconds(10));
                Assert.NotNull(inForce.Current.FindKey("one"));
            }

            File.WriteAllText(file, $"a fronts {Digest("two")}");
            clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Null(inForce.Current.FindKey("one"));
            Assert.NotNull(inForce.Current.FindKey("two"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static string Digest(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static NullLogger<KeyRingInForce> Logger => NullLogger<KeyRingInForce>.Instance;
}
