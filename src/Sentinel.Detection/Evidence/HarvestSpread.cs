using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// How the harvest scores of an account's exchanges spread: 16 bytes, one for each half of a logit from -4 to 4, what lies
/// beyond in the outermost. A score's logit and not its p-value: the reference gives everything ordinary the same p-value, so an
/// account that is ordinary among the worst innocents and odd among all would not show. A full cell halves all, so what is
/// kept are shares. A mutable value inside the account's profile; owned by the lane.
/// </summary>
[InlineArray(CellCount)]
internal struct HarvestSpread
{
    /// <summary>Bytes of it.</summary>
    public const int CellCount = 16;

    private const double CellWidth = 0.5;
    private const double LowestLogit = -CellCount / 2 * CellWidth;

    private byte _first;

    private static byte[] CellOfSteps { get; } = TabulateCells();

    /// <summary>The cells, lowest scores first.</summary>
    [UnscopedRef]
    public Span<byte> Cells => this;

    /// <summary>Books a score in 1/65535 steps.</summary>
    public void Add(ushort harvestSteps)
    {
        Span<byte> cells = this;
        ref var cell = ref cells[CellOfSteps[harvestSteps]];
        if (cell == byte.MaxValue)
        {
            foreach (ref var each in cells)
            {
                each = (byte)((each + 1) / 2); // Rounded up: what was seen stays seen.
            }
        }

        cell++;
    }

    /// <summary>
    /// Mean logit of the highest scores, a share of all, as if some exchanges more had been seen that look as usual: of few
    /// exchanges the highest are high by chance.
    /// </summary>
    /// <param name="share">Share of the exchanges, above 0 and at most 1.</param>
    /// <param name="exchanges">Exchanges of the account.</param>
    /// <param name="usual">Logit of what is usual.</param>
    /// <param name="usualCount">Exchanges added.</param>
    public readonly double Highest(double share, long exchanges, double usual, double usualCount)
    {
        var all = 0;
        foreach (var count in (ReadOnlySpan<byte>)this)
        {
            all += count;
        }

        var (left, sum) = (all * share, 0.0);
        for (var cell = CellCount - 1; cell >= 0 && left > 0; cell--)
        {
            var taken = Math.Min(this[cell], left);
            sum += taken * (LowestLogit + ((cell + 0.5) * CellWidth));
            left -= taken;
        }

        var mean = all == 0 ? usual : sum / (all * share);
        var seen = exchanges * share;
        return ((mean * seen) + (usual * usualCount)) / (seen + usualCount);
    }

    /// <summary>Mean logit of all scores; 0 where there are none.</summary>
    public readonly double Mean() => Highest(1, 1, 0, 0);

    private static byte[] TabulateCells()
    {
        var cells = new byte[ushort.MaxValue + 1];
        for (var steps = 0; steps < cells.Length; steps++)
        {
            var share = Math.Clamp(steps / (double)ushort.MaxValue, 1e-6, 1 - 1e-6);
            var place = (Math.Log(share / (1 - share)) - LowestLogit) / CellWidth;
            cells[steps] = (byte)Math.Clamp((int)Math.Floor(place), 0, CellCount - 1);
        }

        return cells;
    }
}
