namespace Sentinel.Api.Console.Drawing;

/// <summary>
/// Places nodes so that what is tied lies together and nothing lies on top of another: springs along ties, repulsion
/// between all, in a fixed number of rounds from a fixed beginning. At 400 nodes about 10 million pairs.
/// </summary>
internal static class GraphLayout
{
    private const int Rounds = 120;
    private const int NodesFastMax = 200; // Up to so many every round is taken; beyond, fewer of them.
    private const double Margin = 24;

    /// <summary>Places within the box, in the order of the nodes.</summary>
    public static (double X, double Y)[] Place(int count, IReadOnlyList<GraphEdge> edges, double width, double height)
    {
        var (x, y) = Begin(count);
        var (moveX, moveY) = (new double[count], new double[count]);
        var apart = 1 / Math.Sqrt(Math.Max(1, count));
        var rounds = count <= NodesFastMax ? Rounds : Rounds / 2;
        for (var round = 0; round < rounds; round++)
        {
            Array.Clear(moveX);
            Array.Clear(moveY);
            Repel(x, y, moveX, moveY, apart);
            Attract(edges, x, y, moveX, moveY, apart);
            var step = 0.12 * (1 - ((double)round / rounds)) + 0.002;
            for (var i = 0; i < count; i++)
            {
                moveX[i] -= x[i] * 0.4; // What is tied to nothing stays in sight.
                moveY[i] -= y[i] * 0.4;
                var length = Math.Sqrt((moveX[i] * moveX[i]) + (moveY[i] * moveY[i]));
                var share = length > 0 ? Math.Min(length, step) / length : 0;
                x[i] += moveX[i] * share;
                y[i] += moveY[i] * share;
            }
        }

        return Fit(x, y, width, height);
    }

    // Sunflower: even, and the same every time.
    private static (double[] X, double[] Y) Begin(int count)
    {
        var golden = Math.PI * (3 - Math.Sqrt(5));
        var (x, y) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var radius = Math.Sqrt((i + 0.5) / count);
            (x[i], y[i]) = (radius * Math.Cos(i * golden), radius * Math.Sin(i * golden));
        }

        return (x, y);
    }

    private static void Repel(double[] x, double[] y, double[] moveX, double[] moveY, double apart)
    {
        var strength = apart * apart;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                var (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                var force = strength / ((dx * dx) + (dy * dy) + 1e-6);
                moveX[i] += dx * force;
                moveY[i] += dy * force;
                moveX[j] -= dx * force;
                moveY[j] -= dy * force;
            }
        }
    }

    private static void Attract(
        IReadOnlyList<GraphEdge> edges, double[] x, double[] y, double[] moveX, double[] moveY, double apart)
    {
        foreach (var edge in edges)
        {
            var (dx, dy) = (x[edge.From] - x[edge.To], y[edge.From] - y[edge.To]);
            var force = Math.Sqrt((dx * dx) + (dy * dy)) / apart * 0.08 * edge.Width;
            moveX[edge.From] -= dx * force;
            moveY[edge.From] -= dy * force;
            moveX[edge.To] += dx * force;
            moveY[edge.To] += dy * force;
        }
    }

    private static (double X, double Y)[] Fit(double[] x, double[] y, double width, double height)
    {
        if (x.Length == 0)
        {
            return [];
        }

        var (left, top) = (x.Min(), y.Min());
        var spanX = Math.Max(1e-9, x.Max() - left);
        var spanY = Math.Max(1e-9, y.Max() - top);
        return
        [
            .. x.Select((at, i) => (
                Margin + ((at - left) / spanX * (width - (2 * Margin))),
                Margin + ((y[i] - top) / spanY * (height - (2 * Margin))))),
        ];
    }
}
