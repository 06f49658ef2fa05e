namespace Sentinel.Inference.Training;

/// <summary>Weighted logistic regression on a few inputs, by Newton's method, with no negative factor.</summary>
internal static class LogisticRegression
{
    private const int Iterations = 25;
    private const double Ridge = 1e-3;

    /// <summary>
    /// Factors of the chosen columns, then the offset. A factor that comes out negative is held at 0 and the rest
    /// fitted again: a higher output must never mean a lower probability.
    /// </summary>
    public static double[] Fit(
        IReadOnlyList<float[]> inputs, int[] columns, IReadOnlyList<bool> isHit, IReadOnlyList<double> weights)
    {
        var isUsed = Enumerable.Repeat(true, columns.Length).ToArray();
        while (true)
        {
            var fit = Fit(inputs, columns, isUsed, isHit, weights);
            var worst = -1;
            for (var i = 0; i < columns.Length; i++)
            {
                worst = isUsed[i] && fit[i] < 0 && (worst < 0 || fit[i] < fit[worst]) ? i : worst;
            }

            if (worst < 0)
            {
                return fit;
            }

            isUsed[worst] = false;
        }
    }

    private static double[] Fit(
        IReadOnlyList<float[]> inputs,
        int[] columns,
        bool[] isUsed,
        IReadOnlyList<bool> isHit,
        IReadOnlyList<double> weights)
    {
        var size = columns.Length + 1;
        var fit = new double[size];
        var x = new double[size];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var gradient = new double[size];
            var hessian = new double[size, size];
            for (var i = 0; i < inputs.Count; i++)
            {
                var logit = fit[^1];
                for (var column = 0; column < columns.Length; column++)
                {
                    x[column] = isUsed[column] ? inputs[i][columns[column]] : 0;
                    logit += fit[column] * x[column];
                }

                x[^1] = 1;
                var probability = 1 / (1 + Math.Exp(-logit));
                var error = weights[i] * (probability - (isHit[i] ? 1 : 0));
                var curvature = weights[i] * Math.Max(1e-6, probability * (1 - probability));
                for (var row = 0; row < size; row++)
                {
                    gradient[row] += error * x[row];
                    for (var column = 0; column < size; column++)
                    {
                        hessian[row, column] += curvature * x[row] * x[column];
                    }
                }
            }

            for (var i = 0; i < columns.Length; i++)
            {
                gradient[i] += Ridge * fit[i];
                hessian[i, i] += Ridge;
            }

            hessian[size - 1, size - 1] += 1e-9;
            Solve(hessian, gradient);
            for (var i = 0; i < size; i++)
            {
                fit[i] -= gradient[i];
            }
        }

        return fit;
    }

    // Gauss's elimination in place; the matrix is positive definite, so no pivoting is needed.
    private static void Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var row = pivot + 1; row < size; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column < size; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }

                right[row] -= factor * right[pivot];
            }
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < size; column++)
            {
                right[row] -= matrix[row, column] * right[column];
            }

            right[row] /= matrix[row, row];
        }
    }
}
