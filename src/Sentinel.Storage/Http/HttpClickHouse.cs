using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Http;

/// <summary>
/// A database behind ClickHouse's HTTP interface. Queries that fail for a passing reason are tried again a few times;
/// inserts and statements until <see cref="HttpClickHouseOptions.UnavailableMax"/>, which
/// <see cref="OutageChanged"/> reports. Past that they end in <see cref="ClickHouseUnavailableException"/>. What is
/// wrong for good, such as a password, is thrown at once.
/// </summary>
public sealed class HttpClickHouse : IClickHouse
{
    private static readonly TimeSpan ExportTimeMax = TimeSpan.FromMinutes(10);

    private readonly HttpClickHouseOptions _options;
    private readonly ServerRequests _requests;
    private readonly ServerFailures _failures;
    private readonly HttpClient _queries;
    private readonly HttpClient _inserts;
    private readonly RetryClock _clock;
    private readonly OutageWatch _outages = new();

    /// <summary>A client of one server; it connects with the first call.</summary>
    /// <param name="options">Valid options: <see cref="HttpClickHouseOptions.Faults"/> gives none.</param>
    /// <param name="clock">Measures and makes the waits between tries.</param>
    /// <param name="jitter">Spreads the waits of many processes. Used by this client alone.</param>
    public HttpClickHouse(HttpClickHouseOptions options, TimeProvider clock, Random jitter)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(jitter);
        if (options.Faults() is { IsEmpty: false } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _requests = new ServerRequests(options);
        _failures = new ServerFailures(options);
        _clock = new RetryClock(clock, jitter, options.RetryDelayMax);
        _queries = ServerConnections.Open(options);
        _inserts = ServerConnections.Open(options);
    }

    /// <summary>
    /// Raised when inserts begin to wait for the server, with each further try, and once more when it is over. Handlers
    /// return quickly; they are called on the thread of the insert, one at a time.
    /// </summary>
    public event Action<ClickHouseOutage>? OutageChanged
    {
        add => _outages.Changed += value;
        remove => _outages.Changed -= value;
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(string sql, ImmutableArray<SqlParameter> parameters, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(sql);
        using var result = await TryLongAsync(
            () => _requests.Statement(sql, parameters), _options.InsertTimeMax, cancel);
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>> QueryAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(sql);
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var request = _requests.Query(sql, format, parameters);
                return await SendAsync(_queries, request, _options.QueryTimeMax + _options.ConnectTimeMax, cancel);
            }
            catch (ServerFailure failure)
                when (failure.IsPassing && !failure.HasTimedOut && tries <= _options.RetriesMax)
            {
                await _clock.DelayAsync(tries, cancel);
            }
            catch (ServerFailure failure)
            {
                throw failure.ToPublic();
            }
        }
    }

    /// <inheritdoc/>
    public async Task ExportAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, Stream output, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(output);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ExportTimeMax);
        try
        {
            using var request = _requests.Export(sql, format, parameters, ExportTimeMax);
            using var response = await _queries.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (ServerFailures.IsFailure(response))
            {
                throw _failures.Of(response, await ReadErrorAsync(response, limit.Token)).ToPublic();
            }

            await response.Content.CopyToAsync(output, limit.Token); // Not tried again: part of it may be gone already.
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw _failures.OfTimeOut(ExportTimeMax, fault).ToPublic();
        }
        catch (HttpRequestException fault)
        {
            throw _failures.Of(fault).ToPublic();
        }
    }

    /// <inheritdoc/>
    public async Task InsertAsync(
        InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var result = await TryLongAsync(
            () => _requests.Insert(target, body), _options.InsertTimeMax, cancel);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queries.Dispose();
        _inserts.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IMemoryOwner<byte>> TryLongAsync(
        Func<HttpRequestMessage> build, TimeSpan timeMax, CancellationToken cancel)
    {
        var began = _clock.Now;
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var request = build();

                // Once sent it is finished, or nobody would know whether it is in; the time limit still holds.
                cancel.ThrowIfCancellationRequested();
                var result = await SendAsync(_inserts, request, timeMax, CancellationToken.None);
                _outages.End(_clock.Now);
                return result;
            }
            catch (ServerFailure failure) when (failure.IsPassing && _clock.Now - began < _options.UnavailableMax)
            {
                _outages.Report(began, _clock.Now, tries, failure.Message);
                await _clock.DelayAsync(tries, cancel);
            }
            catch (ServerFailure failure)
            {
                throw failure.ToPublic();
            }
        }
    }

    private async Task<IMemoryOwner<byte>> SendAsync(
        HttpClient client, HttpRequestMessage request, TimeSpan timeMax, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeMax);
        try
        {
            using var response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return ServerFailures.IsFailure(response)
                ? throw _failures.Of(response, await ReadErrorAsync(response, limit.Token))
                : await PooledBytes.ReadAsync(response.Content, _options.ResultBytesMax, limit.Token);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw _failures.OfTimeOut(timeMax, fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw _failures.Of(fault);
        }
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        const int TextBytesMax = 16 << 10;
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var text = new byte[TextBytesMax];
        var length = await stream.ReadAtLeastAsync(text, TextBytesMax, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(text, 0, length).Trim();
    }
}
