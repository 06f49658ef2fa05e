using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Sentinel.Detection.Ports;
using Sentinel.Storage.Formats;
using Sentinel.Storage.Http;

namespace Sentinel.Storage.Snapshots;

/// <summary>An object store could not do what it was asked.</summary>
public sealed class ObjectStoreException : IOException
{
    /// <summary>An exception that says which store and why.</summary>
    public ObjectStoreException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    public ObjectStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a text.</summary>
    public ObjectStoreException()
    {
    }
}

/// <summary>
/// Blobs as objects of a bucket, in any store that speaks S3 with addresses by path. An object appears whole or not at
/// all. What fails for a passing reason is tried again; failures are <see cref="ObjectStoreException"/>.
/// </summary>
public sealed class S3Snapshots : ISnapshotStore, IDisposable
{
    private const int PagesMax = 1_000; // Of a thousand names each.
    private const int ErrorCharsMax = 300;

    private readonly S3SnapshotOptions _options;
    private readonly S3Signer _signer;
    private readonly Uri _url;
    private readonly HttpClient _client;
    private readonly RetryClock _clock;

    /// <summary>A client of one bucket; it connects with the first call.</summary>
    /// <param name="options">Valid options: <see cref="S3SnapshotOptions.Faults"/> gives none.</param>
    /// <param name="clock">Dates the signatures and makes the waits between tries.</param>
    /// <param name="jitter">Spreads the waits. Used by this store alone.</param>
    public S3Snapshots(S3SnapshotOptions options, TimeProvider clock, Random jitter)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults() is { IsEmpty: false } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _signer = new S3Signer(options.AccessKey, options.ReadSecretKey(), options.Region);
        _url = new Uri(options.Url);
        _clock = new RetryClock(clock, jitter, TimeSpan.FromSeconds(5));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, _options.BlobBytesMax);
        var pieces = new List<ReadOnlyMemory<byte>>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in bytes)
        {
            pieces.Add(piece);
            hash.AppendData(piece.Span);
        }

        var bodyHash = Convert.ToHexStringLower(hash.GetHashAndReset());
        using var answer = await SendAsync(
            HttpMethod.Put, PathOf(name), query: "", bodyHash,
            () => new BlockContent(pieces, WireCompression.None), cancel);
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel) =>
        await SendAsync(HttpMethod.Get, PathOf(name), query: "", S3Signature.EmptyHash, body: null, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var names = new List<string>();
        var next = string.Empty;
        for (var page = 0; page < PagesMax; page++)
        {
            var query = (next.Length > 0 ? $"continuation-token={Uri.EscapeDataString(next)}&" : string.Empty)
                + $"list-type=2&prefix={Uri.EscapeDataString(_options.Prefix + prefix)}";
            using var answer = await SendAsync(
                HttpMethod.Get, "/" + _options.Bucket, query, S3Signature.EmptyHash, body: null, cancel)
                ?? throw new ObjectStoreException($"{_options.Url} has no bucket {_options.Bucket}.");
            next = TakeNames(answer.Memory, names);
            if (next.Length == 0)
            {
                names.Sort(StringComparer.Ordinal);
                return names;
            }
        }

        throw new ObjectStoreException($"More than {PagesMax} pages of names begin with {prefix}.");
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancel)
    {
        using var answer = await SendAsync(
            HttpMethod.Delete, PathOf(name), query: "", S3Signature.EmptyHash, body: null, cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var parts = (_options.Prefix + name).Split('/').Select(Uri.EscapeDataString);
        return $"/{_options.Bucket}/{string.Join('/', parts)}";
    }

    // Adds the names of a page; gives the token of the next one, empty when there is none.
    private string TakeNames(ReadOnlyMemory<byte> page, List<string> names)
    {
        try
        {
            var root = XDocument.Parse(Encoding.UTF8.GetString(page.Span)).Root;
            if (root is null)
            {
                return string.Empty;
            }

            var space = root.Name.Namespace;
            names.AddRange(root.Elements(space + "Contents")
                .Select(item => item.Element(space + "Key")?.Value ?? string.Empty)
                .Where(key => key.StartsWith(_options.Prefix, StringComparison.Ordinal))
                .Select(key => key[_options.Prefix.Length..]));
            return root.Element(space + "NextContinuationToken")?.Value ?? string.Empty;
        }
        catch (XmlException fault)
        {
            throw new ObjectStoreException($"{_options.Url} answered a list with something else.", fault);
        }
    }

    // The body of the answer, or null for what is not there.
    private async Task<IMemoryOwner<byte>?> SendAsync(
        HttpMethod method, string path, string query, string hash, Func<HttpContent>? body, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(_options.RequestTimeMax);
            try
            {
                using var request = Signed(method, path, query, hash);
                request.Content = body?.Invoke();
                using var response = await _client.SendAsync(
                    request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }

                if (response.IsSuccessStatusCode)
                {
                    return await PooledBytes.ReadAsync(response.Content, _options.BlobBytesMax, limit.Token);
                }

                if (!IsPassing(response.StatusCode) || tries > _options.RetriesMax)
                {
                    throw Refusal(response.StatusCode, await response.Content.ReadAsStringAsync(limit.Token));
                }
            }
            catch (Exception fault) when (IsUnreachable(fault, cancel))
            {
                if (tries > _options.RetriesMax)
                {
                    var reason = fault.GetBaseException().Message;
                    throw new ObjectStoreException(
                        $"The object store at {_options.Url} cannot be reached: {reason}", fault);
                }
            }

            await _clock.DelayAsync(tries, cancel);
        }
    }

    private static bool IsUnreachable(Exception fault, CancellationToken cancel) =>
        fault is HttpRequestException or HttpIOException
        || (fault is OperationCanceledException && !cancel.IsCancellationRequested);

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            or >= HttpStatusCode.InternalServerError;

    private HttpRequestMessage Signed(HttpMethod method, string path, string query, string hash)
    {
        // As it is signed so it is sent: the escapes must not be undone on the way.
        var address = new Uri(
            _url.GetLeftPart(UriPartial.Authority) + path + (query.Length > 0 ? "?" + query : string.Empty),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var time = S3Signature.TimeOf(_clock.Now);
        var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation(S3Signature.HashHeader, hash);
        request.Headers.TryAddWithoutValidation(S3Signature.TimeHeader, time);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            S3Signature.Authorization(_signer, method.Method, address.Authority, path, query, hash, time));
        return request;
    }

    private ObjectStoreException Refusal(HttpStatusCode status, string text) =>
        status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized
            ? new ObjectStoreException(
                $"The object store at {_options.Url} refuses the access key {_options.AccessKey}: wrong secret, or no "
                + $"right to the bucket {_options.Bucket}.")
            : new ObjectStoreException(
                string.Create(
                    CultureInfo.InvariantCulture, $"The object store at {_options.Url} answered {(int)status}: ")
                + text[..Math.Min(text.Length, ErrorCharsMax)]);
}
