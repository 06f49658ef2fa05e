using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Windows;

/// <summary>
/// All windows of one split and one length, drawn without putting an exchange twice into one. Deterministic; owned by
/// one thread.
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

    private readonly Random _random = new(Seed + length);

    /// <summary>Measures all detectors.</summary>
    public IReadOnlyList<WindowMeasure> Measure(
        List<(string Name, WindowTests.Source Source)> sources, CancellationToken cancel)
    {
        var learned = Draw(calibration, calibration, 0, CalibrationWindows, cancel);
        var benign = Draw(innocents, innocents, 0, BenignWindows, cancel);
        var attacked = new List<DrawnRow>();
        foreach (var (name, source) in sources)
        {
            foreach (var share in WindowProtocol.AttackShares)
            {
                // Of a source with too few exchanges the larger shares are left out.
                var count = (int)Math.Round(length * share);
                if (count <= source.Count)
                {
                    attacked.Add(new DrawnRow(name, share, Draw(innocents, source, count, AttackWindows, cancel)));
                }
            }
        }

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

    private List<Drawn> Draw(
        WindowTests.Source from, WindowTests.Source attack, int attacked, int windows, CancellationToken cancel)
    {
        var (innocentOrder, attackOrder) = (Order(from.Count), Order(attack.Count));
        var drawn = new List<Drawn>(windows);
        for (var i = 0; i < windows; i++)
        {
            cancel.ThrowIfCancellationRequested();
            DrawFirst(innocentOrder, length - attacked);
            DrawFirst(attackOrder, attacked);
            drawn.Add(tests.Of(
                (from, innocentOrder.AsMemory(0, length - attacked)), (attack, attackOrder.AsMemory(0, attacked))));
        }

        return drawn;
    }

    private static int[] Order(int count) => [.. Enumerable.Range(0, count)];

    // The first steps of a shuffle.
    private void DrawFirst(int[] order, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var other = _random.Next(i, order.Length);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    private sealed record DrawnRow(string Source, double AttackShare, List<Drawn> Windows);
}
