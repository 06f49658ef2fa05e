using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Rulings;
using Sentinel.Storage;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>
/// Keeps what people ruled in force for the lanes that judge groups. Rulings hold in event time and begin a minute ahead, so
/// that every lane knows of them before event time gets there and judging again gives the same. One owner.
/// </summary>
public sealed partial class RulingBook(
    RulingsInForce inForce, IOptions<ReviewOptions> options, TimeProvider clock, ILogger<RulingBook> logger)
{
    // Clocks of processes part, and a row is recorded before it is stored: what is read twice changes nothing.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    private readonly Dictionary<(string Ruling, string Account), Span> _spans = [];
    private RulingFindingLog? _log;

    /// <summary>Rulings on single accounts that are remembered, former ones too.</summary>
    internal int SpansMax { get; init; } = RulingRegister.RulingsMax;

    /// <summary>Takes over what was recorded; to be called before any lane judges.</summary>
    public async Task OpenAsync(IClickHouse clickHouse, CancellationToken cancel)
    {
        _log = new RulingFindingLog(clickHouse);
        Take(await _log.ReadAsync(DateTimeOffset.UnixEpoch, cancel));
    }

    /// <summary>Looks again and again for what was recorded, until it is told to stop.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        var readAt = clock.GetUtcNow();
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.Value.JudgeLookSeconds), clock, cancel);
            var now = clock.GetUtcNow();
            try
            {
                Take(await _log!.ReadAsync(readAt - Overlap, cancel));
                readAt = now;
            }
            catch (ClickHouseException cause)
            {
                Log.NotRead(logger, cause.Message); // What is known still holds; the next look may find the store back.
            }
        }
    }

    /// <summary>Takes rows over, in any order, and the same ones again; puts a register in force where they say anything new.</summary>
    internal void Take(ImmutableArray<RulingFindingRow> rows)
    {
        var isNews = false;
        foreach (var row in rows)
        {
            var key = (row.RulingId, row.Account);
            var known = _spans.GetValueOrDefault(key, Span.Unknown);
            var span = row.Finding == RulingFinding.None
                ? known with { Until = Earlier(known.Until, row.From) }
                : new Span(row.Finding, Earlier(known.From, row.From), Earlier(known.Until, row.Until ?? DateTimeOffset.MaxValue));
            if (span != known)
            {
                _spans[key] = span;
                isNews = true;
            }
        }

        Forget();
        if (isNews)
        {
            inForce.Put(RulingRegister.Of(
            [
                .. _spans.Where(static one => one.Value.Finding != RulingFinding.None && one.Value.From < one.Value.Until)
                    .Select(static one => new AccountRuling(
                        one.Key.Account, one.Key.Ruling, one.Value.Finding, one.Value.From, one.Value.Until)),
            ]));
        }
    }

    // As the register leaves out what began first: a quarter more is kept, so that not every row sorts all.
    private void Forget()
    {
        if (_spans.Count > SpansMax + (SpansMax / 4))
        {
            foreach (var key in _spans.OrderByDescending(static one => one.Value.From).Skip(SpansMax).Select(static one => one.Key).ToArray())
            {
                _spans.Remove(key);
            }
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private readonly record struct Span(RulingFinding Finding, DateTimeOffset From, DateTimeOffset Until)
    {
        public static Span Unknown { get; } = new(RulingFinding.None, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.RulingsNotRead, LogLevel.Warning, "Rulings could not be looked for, those known hold: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
