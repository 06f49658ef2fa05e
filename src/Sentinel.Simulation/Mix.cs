using System.Collections.Immutable;

namespace Sentinel.Simulation;

/// <summary>Values with weights, drawn by chance.</summary>
/// <typeparam name="T">What is drawn.</typeparam>
internal sealed class Mix<T>
{
    private readonly double[] _cumulative;

    /// <summary>A mix of at least one value; the weights are positive and need not sum to one.</summary>
    public Mix(params ReadOnlySpan<(T Value, double Weight)> items)
    {
        var values = ImmutableArray.CreateBuilder<T>(items.Length);
        _cumulative = new double[items.Length];
        var total = 0.0;
        for (var i = 0; i < items.Length; i++)
        {
            total += items[i].Weight;
            _cumulative[i] = total;
            values.Add(items[i].Value);
        }

        Values = values.MoveToImmutable();
    }

    /// <summary>The values, in the order given.</summary>
    public ImmutableArray<T> Values { get; }

    /// <summary>One value.</summary>
    public T Draw(ref Chance chance)
    {
        var point = chance.Unit() * _cumulative[^1];
        var index = 0;
        while (index < _cumulative.Length - 1 && _cumulative[index] <= point)
        {
            index++;
        }

        return Values[index];
    }
}
