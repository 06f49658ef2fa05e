using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Measures;

/// <summary>Promised against realised share of high scores on a day.</summary>
/// <param name="Day">Day of the traffic, from 1.</param>
/// <param name="Shares">One for each promise that could be held against the day.</param>
public sealed record CalibrationMeasure(int Day, IReadOnlyList<CalibrationShare> Shares);

/// <summary>
/// Holds scores of accounts that the platform did not flag against what was promised of them, day by day over folders: what
/// a deployment sees, which does not know whom it missed. Half a megabyte a day. Owned by one thread.
/// </summary>
/// <param name="reference">What promises at most.</param>
public sealed class CalibrationTally(BenignReference reference)
{
    private const long DayMs = 86_400_000;

    private readonly SortedDictionary<int, DaySum> _days = [];

    /// <summary>Adds a folder.</summary>
    /// <param name="traffic">The traffic.</param>
    /// <param name="platform">What the platform found, place by place.</param>
    public void Add(ObservedTraffic traffic, DetectorFindings platform)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(platform);
        if (traffic.Exchanges.IsEmpty)
        {
            return;
        }

        var firstDay = traffic.Exchanges[0].AtMs / DayMs;
        for (var account = 0; account < traffic.Accounts.Count; account++)
        {
            if (!platform.Accounts[account].IsFlagged)
            {
                AddAccount(traffic, traffic.Of(account), firstDay);
            }
        }
    }

    /// <summary>What was promised and what came true, day by day.</summary>
    public IReadOnlyList<CalibrationMeasure> Measure()
    {
        var measures = new List<CalibrationMeasure>();
        var before = new Queue<ScoreSpread>();
        foreach (var (number, sum) in _days)
        {
            var day = new ScoreSpread(sum.Accounts, sum.ByStep);
            var shares = new List<CalibrationShare>();
            foreach (var oneIn in CalibrationCheck.AtMostOneIn)
            {
                if (CalibrationCheck.TryAtMost(reference, day, oneIn, out var share))
                {
                    shares.Add(share);
                }
            }

            foreach (var oneIn in CalibrationCheck.AsBeforeOneIn)
            {
                if (CalibrationCheck.TryAsBefore(before, day, oneIn, out var share))
                {
                    shares.Add(share);
                }
            }

            measures.Add(new CalibrationMeasure(number, shares));
            before.Enqueue(day);
            if (before.Count > CalibrationCheck.DaysBefore)
            {
                before.Dequeue();
            }
        }

        return measures;
    }

    // Its exchanges are in the order of time, so those of a day lie together.
    private void AddAccount(ObservedTraffic traffic, ReadOnlySpan<int> places, long firstDay)
    {
        for (var start = 0; start < places.Length;)
        {
            var day = traffic.Exchanges[places[start]].AtMs / DayMs;
            var end = start + 1;
            while (end < places.Length && traffic.Exchanges[places[end]].AtMs / DayMs == day)
            {
                end++;
            }

            var number = (int)(day - firstDay) + 1;
            if (!_days.TryGetValue(number, out var sum))
            {
                _days[number] = sum = new DaySum();
            }

            sum.Accounts++;
            foreach (var place in places[start..end])
            {
                sum.ByStep[traffic.Exchanges[place].HarvestSteps] += 1.0 / (end - start);
            }

            start = end;
        }
    }

    private sealed class DaySum
    {
        public double[] ByStep { get; } = new double[ScoreSpread.Steps];

        public long Accounts { get; set; }
    }
}
