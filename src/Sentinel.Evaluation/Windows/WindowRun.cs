using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Windows;

/// <summary>
/// All windows of one split and one length, drawn without putting an exchange twice into one. Deterministic; rows
/// are drawn on all cores.
/// </summary>
internal sealed class WindowRun(
    WindowTests tests, WindowTests.Source calibration, WindowTests.Source innocents, string split, int length)
{
    /// <summary>The platform's content evidence, pooled over the window.</summary>
    public const string Evidence = PlatformFindings.Name;

    /// <summary>Maximum mean discrepancy.</summary>
    public const string Discrepancy = "mmd";

    /// <summary>A window that stands out by either.</summary>
    public const string Either = "sentinel or mmd";

    // At 0.3 % six windows lie above the threshold, which fixes it to about two fifths.
    private const int CalibrationWindows = 2_000;
    private const int BenignWindows = 1_000;
    private const int AttackWindows = 200;
    private const int Seed = 26_060;

    /// <summary>Measures all detectors.</summary>
    public IReadOnlyList<WindowMeasure> Measure(
        IReadOnlyList<(string Name, WindowTests.Source Source)> sources, CancellationToken cancel)
    {
        var rows = new List<RowToDraw> { new(calibration, calibration, 0, CalibrationWindows) };
        rows.Add(new RowToDraw(innocents, innocents, 0, BenignWindows));
        var names = new List<(string Source, double Share)>();
        foreach (var (name, source) in sources)
        {
            foreach (var share in WindowProtocol.AttackShares)
            {
                // Of a source with too few exchanges the larger shares are left out.
                var count = (int)Math.Round(length * share);
                if (count <= source.Count)
                {
                    rows.Add(new RowToDraw(innocents, source, count, AttackWindows));
                    names.Add((name, share));
                }
            }
        }

        var drawn = DrawAll(rows, cancel);
        var (learned, benign) = (drawn[0], drawn[1]);
        var attacked = names.Select((name, i) => new DrawnRow(name.Source, name.Share, drawn[i + 2])).ToList();
        var evidences = Sorted(learned, static window => window.Evidence);
        var discrepancies = Sorted(learned, static window => window.Discrepancy);
        return
        [
            .. MeasureOne(Evidence, learned, benign, attacked, static window => window.Evidence),
            .. MeasureOne(Discrepancy, learned, benign, attacked, static window => window.Discrepancy),
            .. MeasureOne(Either, learned, benign, attacked, window => Math.Max(
                RankOf(evidences, window.Evidence), RankOf(discrepancies, window.Discrepancy))),
        ];
    }

    private IEnumerable<WindowMeasure> MeasureOne(
        string detector, List<Drawn> learned, List<Drawn> benign, List<DrawnRow> attacked,
        Func<Drawn, double> statistic)
    {
        foreach (var rate in WindowProtocol.Rates)
        {
            var threshold = CrossFit.ThresholdOf([.. learned.Select(statistic)], rate);
            yield return new WindowMeasure(
                split, detector, length, rate, Above(benign),
                [.. attacked.Select(row => new WindowRow(row.Source, row.AttackShare, Above(row.Windows)))]);

            Share Above(List<Drawn> windows) =>
                new(windows.Count(window => statistic(window) > threshold), windows.Count);
        }
    }

    private static double[] Sorted(List<Drawn> windows, Func<Drawn, double> statistic) =>
        [.. windows.Select(statistic).Order()];

    // How many of the calibration's windows lie below.
    private static double RankOf(double[] sorted, double value)
    {
        var at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }

    // Every row has a seed of its own: which thread draws it, and when, changes nothing.
    private List<Drawn>[] DrawAll(List<RowToDraw> rows, CancellationToken cancel)
    {
        var drawn = new List<Drawn>[rows.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancel,
        };
        Parallel.For(0, rows.Count, options, row =>
        {
            var seed = (int)KeyHash.Combine((ulong)(Seed + length), (ulong)row);
            drawn[row] = Draw(rows[row], new Random(seed), cancel);
        });
        return drawn;
    }

    private List<Drawn> Draw(RowToDraw row, Random random, CancellationToken cancel)
    {
        var (innocentOrder, attackOrder) = (Order(row.From.Count), Order(row.Attack.Count));
        var drawn = new List<Drawn>(row.Windows);
        for (var i = 0; i < row.Windows; i++)
        {
            cancel.ThrowIfCancellationRequested();
            DrawFirst(innocentOrder, length - row.Attacked, random);
            DrawFirst(attackOrder, row.Attacked, random);
            drawn.Add(tests.Of(
                (row.From, innocentOrder.AsMemory(0, length - row.Attacked)),
                (row.Attack, attackOrder.AsMemory(0, row.Attacked))));
        }

        return drawn;
    }

    private static int[] Order(int count) => [.. Enumerable.Range(0, count)];

    // The first steps of a shuffle.
    private static void DrawFirst(int[] order, int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            var other = random.Next(i, order.Length);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    /// <summary>Windows to draw: so many, each with so many exchanges of the attacker's.</summary>
    private sealed record RowToDraw(WindowTests.Source From, WindowTests.Source Attack, int Attacked, int Windows);

    private sealed record DrawnRow(string Source, double AttackShare, List<Drawn> Windows);
}
