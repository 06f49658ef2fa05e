using System.Collections.Immutable;

namespace Sentinel.Storage.Snapshots;

/// <summary>Which bucket of which object store, and as whom.</summary>
public sealed record S3SnapshotOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "ObjectStore";

    /// <summary>The store's address, such as <c>https://s3.eu-central-1.amazonaws.com</c>.</summary>
    public string Url { get; init; } = string.Empty;

    /// <summary>The bucket; it must exist.</summary>
    public string Bucket { get; init; } = string.Empty;

    /// <summary>Region that requests are signed for. Stores of one's own take any.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>What every blob's name begins with in the bucket.</summary>
    public string Prefix { get; init; } = "sentinel/";

    /// <summary>The access key's id.</summary>
    public string AccessKey { get; init; } = string.Empty;

    /// <summary>The access key's secret. Of this and <see cref="SecretKeyFile"/> exactly one is set.</summary>
    public string SecretKey { get; init; } = string.Empty;

    /// <summary>A file whose text, without the line end, is the secret.</summary>
    public string SecretKeyFile { get; init; } = string.Empty;

    /// <summary>Longest time of one try. Default 2 min: 1 GiB at 10 MB a second.</summary>
    public TimeSpan RequestTimeMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Times that a request is tried again. Default 5: about 6 s of waiting.</summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>
    /// Largest blob. Default 1 GiB, the most that can be set: 700,000 accounts at 1.5 KiB each. Larger states go in
    /// several blobs.
    /// </summary>
    public int BlobBytesMax { get; init; } = 1 << 30;

    /// <summary>What is wrong, each sentence beginning with the key; empty when nothing is.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        Check(
            Uri.TryCreate(Url, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                && url is { UserInfo: "", PathAndQuery: "/", Fragment: "" },
            nameof(Url), "is not http://HOST:PORT or https://HOST:PORT.");
        Check(
            Bucket.Length is >= 3 and <= 63
                && Bucket.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'),
            nameof(Bucket), "is not a bucket's name.");
        Check(Region.Length > 0 && Region.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'),
            nameof(Region), "is not a region.");
        Check(AccessKey.Length > 0, nameof(AccessKey), "is missing.");
        Check(SecretKey.Length > 0 || SecretKeyFile.Length > 0, nameof(SecretKey), "is missing, as is SecretKeyFile.");
        Check(SecretKey.Length == 0 || SecretKeyFile.Length == 0, nameof(SecretKeyFile), "is set beside SecretKey.");
        Check(SecretKeyFile.Length == 0 || File.Exists(SecretKeyFile), nameof(SecretKeyFile), "names no file.");
        Check(
            RequestTimeMax >= TimeSpan.FromMilliseconds(10) && RequestTimeMax <= TimeSpan.FromDays(1),
            nameof(RequestTimeMax), "is not 10 ms..1 day.");
        Check(RetriesMax is >= 0 and <= 20, nameof(RetriesMax), "is not 0..20.");
        Check(BlobBytesMax is >= 1 << 20 and <= 1 << 30, nameof(BlobBytesMax), "is not 1 MiB..1 GiB.");
        return faults.ToImmutable();

        void Check(bool isRight, string key, string fault)
        {
            if (!isRight)
            {
                faults.Add($"{Section}:{key} {fault}");
            }
        }
    }

    // A record would print its secret.
    /// <inheritdoc/>
    public override string ToString() => $"{Url}, bucket {Bucket}";

    internal string ReadSecretKey() =>
        SecretKeyFile.Length == 0 ? SecretKey : File.ReadAllText(SecretKeyFile).TrimEnd('\r', '\n');
}
