using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sentinel.Storage.Snapshots;

namespace Sentinel.Storage.Tests;

/// <summary>One bucket that checks signatures and hashes, and lists two names a page.</summary>
internal sealed class FakeBucket : IAsyncDisposable
{
    public const string Bucket = "state";
    public const string AccessKey = "AKIDEXAMPLE";
    public const string SecretKey = "secret/with+signs";

    private const int PageNames = 2;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();
    private int _lists;

    private FakeBucket(WebApplication app) => _app = app;

    public string Url { get; private set; } = string.Empty;

    public int Lists => _lists;

    /// <summary>So many requests from now on are answered 503.</summary>
    public int FailuresNext { get; set; }

    public static async Task<FakeBucket> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1L << 30;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var bucket = new FakeBucket(builder.Build());
        bucket._app.Run(bucket.AnswerAsync);
        await bucket._app.StartAsync();
        bucket.Url = bucket._app.Urls.First();
        return bucket;
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (FailuresNext > 0)
        {
            FailuresNext--;
            context.Response.StatusCode = 503;
            return;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        if (!IsSigned(context.Request, target[0], target.Length > 1 ? target[1] : "", body.ToArray()))
        {
            context.Response.StatusCode = 403;
            return;
        }

        var key = Uri.UnescapeDataString(target[0]);
        switch (context.Request.Method)
        {
            case "PUT":
                _objects[key] = body.ToArray();
                break;
            case "DELETE":
                _objects.TryRemove(key, out _);
                context.Response.StatusCode = 204;
                break;
            case "GET" when context.Request.Query.ContainsKey("list-type"):
                await ListAsync(context);
                break;
            default:
                context.Response.StatusCode = _objects.TryGetValue(key, out var bytes) ? 200 : 404;
                await context.Response.Body.WriteAsync(bytes ?? []);
                break;
        }
    }

    private static bool IsSigned(HttpRequest request, string path, string query, byte[] body)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var expected = S3Signature.Authorization(
            new S3Signer(AccessKey, SecretKey, "us-east-1"),
            request.Method, request.Host.Value!, path, query, hash, request.Headers[S3Signature.TimeHeader]!);
        return request.Headers[S3Signature.HashHeader] == hash && request.Headers.Authorization == expected;
    }

    private Task ListAsync(HttpContext context)
    {
        Interlocked.Increment(ref _lists);
        var start = $"/{Bucket}/{context.Request.Query["prefix"]}";
        var after = context.Request.Query["continuation-token"].ToString();
        var keys = _objects.Keys
            .Where(key => key.StartsWith(start, StringComparison.Ordinal))
            .Select(key => key[(Bucket.Length + 2)..])
            .Order(StringComparer.Ordinal)
            .Where(key => string.CompareOrdinal(key, after) > 0)
            .ToArray();
        XNamespace space = "http://s3.amazonaws.com/doc/2006-03-01/";
        var page = keys.Take(PageNames).ToArray();
        var root = new XElement(
            space + "ListBucketResult",
            page.Select(key => new XElement(space + "Contents", new XElement(space + "Key", key))));
        if (keys.Length > PageNames)
        {
            root.Add(new XElement(space + "NextContinuationToken", page[^1]));
        }

        return context.Response.WriteAsync(root.ToString());
    }
}
