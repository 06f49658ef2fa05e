using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// Accounts that do the same things in the same time slots: the Jaccard similarity of their actions, and single linkage
/// over similar pairs. Source: Q. Cao, X. Yang, J. Yu and C. Palow, "Uncovering Large Groups of Active Malicious
/// Accounts in Online Social Networks", CCS 2014 (SynchroTrap). An action is a request under one frame, or from one
/// address block, within 20 minutes; pairs are judged at the end of each day.
/// </summary>
internal sealed class SynchroTrap : IBaseline
{
    /// <summary>Accounts of one action compared with each other: the first so many of a slot, 4,950 pairs.</summary>
    public const int ActionAccountsMax = 100;

    /// <summary>Pairs remembered: at some 40 bytes each 160 MB. Newcomers beyond are left out.</summary>
    public const int PairsMax = 4_000_000;

    private const long SlotMs = 20 * 60_000;
    private const long DayMs = 86_400_000;
    private const int MatchesMin = 3;

    public string Name => "synchrotrap";

    public string Source => "Cao et al. 2014 (SynchroTrap)";

    public bool LearnsFromInnocents => false;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var ties = new List<AccountTie>();
        var book = new ScoreBook(traffic.Accounts.Count) { Ties = ties };
        var history = new History(book);
        var day = long.MinValue;
        var lastMs = 0L;
        foreach (ref readonly var exchange in traffic.Exchanges)
        {
            if (exchange.AtMs / DayMs > day)
            {
                history.EndDay(lastMs);
                day = exchange.AtMs / DayMs;
                cancel.ThrowIfCancellationRequested();
            }

            history.Take(exchange);
            lastMs = Math.Max(lastMs, exchange.AtMs);
        }

        history.EndDay(lastMs);
        ties.AddRange(history.Ties());
        return book;
    }

    private sealed class History(ScoreBook book)
    {
        private readonly Dictionary<(ulong Thing, long Slot), List<int>> _today = [];
        private readonly HashSet<((ulong, long), int)> _seenToday = [];
        private readonly Dictionary<(int, int), int> _matches = [];
        private readonly int[] _actions = new int[book.Trails.Length];
        private readonly int[] _exchanges = new int[book.Trails.Length];

        public void Take(in ObservedExchange exchange)
        {
            _exchanges[exchange.Account]++;
            Note(exchange.FrameKey == 0 ? 0 : KeyHash.Combine(exchange.FrameKey, 1), exchange);
            Note(exchange.IpBlockKey == 0 ? 0 : KeyHash.Combine(exchange.IpBlockKey, 2), exchange);
        }

        public void EndDay(long nowMs)
        {
            var touched = new HashSet<(int, int)>();
            foreach (var accounts in _today.Values)
            {
                for (var i = 0; i < accounts.Count; i++)
                {
                    for (var j = 0; j < i; j++)
                    {
                        Match((Math.Min(accounts[i], accounts[j]), Math.Max(accounts[i], accounts[j])), touched);
                    }
                }
            }

            _today.Clear();
            _seenToday.Clear();
            foreach (var pair in touched)
            {
                var similarity = SimilarityOf(pair, _matches[pair]);
                book.Trails[pair.Item1].Raise(nowMs, _exchanges[pair.Item1], similarity);
                book.Trails[pair.Item2].Raise(nowMs, _exchanges[pair.Item2], similarity);
            }
        }

        public IEnumerable<AccountTie> Ties() => _matches
            .Where(static match => match.Value >= MatchesMin)
            .Select(match => new AccountTie(match.Key.Item1, match.Key.Item2, SimilarityOf(match.Key, match.Value)));

        private void Note(ulong thing, in ObservedExchange exchange)
        {
            if (thing == 0)
            {
                return;
            }

            var action = (thing, exchange.AtMs / SlotMs);
            if (!_seenToday.Add((action, exchange.Account)))
            {
                return;
            }

            _actions[exchange.Account]++;
            if (!_today.TryGetValue(action, out var accounts))
            {
                _today[action] = accounts = [];
            }

            if (accounts.Count < ActionAccountsMax)
            {
                accounts.Add(exchange.Account);
            }
        }

        private void Match((int, int) pair, HashSet<(int, int)> touched)
        {
            if (_matches.TryGetValue(pair, out var count) || _matches.Count < PairsMax)
            {
                _matches[pair] = count + 1;
                touched.Add(pair);
            }
        }

        private double SimilarityOf((int First, int Second) pair, int matches) =>
            matches < MatchesMin ? 0 : matches / (double)(_actions[pair.First] + _actions[pair.Second] - matches);
    }
}
