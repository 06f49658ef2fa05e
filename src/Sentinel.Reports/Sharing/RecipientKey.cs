using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sentinel.Detection.Links;

namespace Sentinel.Reports.Sharing;

/// <summary>
/// What identifiers are hashed with for one recipient. It follows from the installation's secret and the recipient's name;
/// the recipient is given it over another way, so that it can find the same keys in its own traffic. Immutable.
/// </summary>
public sealed class RecipientKey
{
    /// <summary>Bytes of a key, and the fewest of a secret.</summary>
    public const int Bytes = 32;

    private const int AccountDigits = 24;

    private readonly byte[] _key;

    private RecipientKey(byte[] key) => _key = key;

    /// <summary>The key of a recipient under a secret.</summary>
    public static RecipientKey Derive(ReadOnlySpan<byte> secret, string recipient)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, Bytes);
        return new RecipientKey(HMACSHA256.HashData(
            secret, Encoding.UTF8.GetBytes("llm-sentinel recipient key v1\n" + recipient)));
    }

    /// <summary>A key that another installation gave out; false when it is none.</summary>
    public static bool TryParse(string text, out RecipientKey? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[Bytes];
        var status = Convert.FromHexString(text, bytes, out _, out var written);
        key = status == System.Buffers.OperationStatus.Done && written == Bytes ? new RecipientKey(bytes) : null;
        return key is not null;
    }

    /// <summary>The key as it is handed to the recipient: 64 hexadecimal digits.</summary>
    public string Reveal() => Convert.ToHexStringLower(_key);

    /// <summary>What stands for a link key.</summary>
    public string HashKey(LinkKind kind, ulong key) => HashKey(
        kind, key.ToString("x16", CultureInfo.InvariantCulture));

    /// <summary>What stands for a link key of 16 hexadecimal digits.</summary>
    public string HashKey(LinkKind kind, string key) => Hash("key", LinkKinds.Names[(int)kind] + "\n" + key);

    /// <summary>What stands for an account.</summary>
    public string HashAccount(string account) => "acct-" + Hash("account", account)[..AccountDigits];

    /// <summary>What stands for a campaign.</summary>
    public string HashCampaign(string campaign) => "cmp-" + Hash("campaign", campaign)[..12];

    /// <summary>What stands for the hash of the evidence.</summary>
    public string HashEvidence(string hash) => Hash("evidence", hash);

    /// <summary>Never the key.</summary>
    public override string ToString() => "[recipient key]";

    private string Hash(string use, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(use + "\n" + text)));
}
