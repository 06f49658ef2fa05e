using System.Numerics;
using System.Runtime.InteropServices;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// The classifier in plain C#: the embeddings of the known features are summed, divided by the root of their number,
/// and go through one hidden layer. Learns by Adagrad. The ONNX graph does the same sums. Not thread-safe.
/// </summary>
internal sealed class ContentNetwork
{
    private readonly NetworkOptions _options;
    private readonly float[] _pool;
    private readonly float[] _poolGradient;
    private readonly float[] _hidden;
    private readonly float[] _hiddenGradient;
    private readonly Parameters _table;
    private readonly Parameters _inner;
    private readonly Parameters _outer;
    private readonly bool[] _known;

    /// <summary>A network with small random numbers.</summary>
    public ContentNetwork(NetworkOptions options, bool[] known, int seed)
    {
        _options = options;
        _known = known;
        var random = new Random(seed);
        _pool = new float[options.Dimension];
        _poolGradient = new float[options.Dimension];
        _hidden = new float[options.HiddenCount];
        _hiddenGradient = new float[options.HiddenCount];
        _table = new Parameters(FeatureLayout.BucketCount * options.Dimension, 0.01f, random);
        _inner = new Parameters((options.Dimension + 1) * options.HiddenCount, 0.3f, random);
        _outer = new Parameters((options.HiddenCount + 1) * NetworkOptions.OutputCount, 0.3f, random);
        for (var output = 0; output < NetworkOptions.OutputCount; output++)
        {
            // Else common features would learn to be rare kinds' prior.
            var bias = (output * (options.HiddenCount + 1)) + options.HiddenCount;
            _outer.Values[bias] = output == 0 ? 0 : options.KindPriorLogit;
        }
    }

    /// <summary>Embeddings, row after row.</summary>
    public float[] Table => _table.Values;

    /// <summary>Hidden weights: for each unit its row over the dimensions, then its bias.</summary>
    public float[] Inner => _inner.Values;

    /// <summary>Output weights: for each output its row over the units, then its bias.</summary>
    public float[] Outer => _outer.Values;

    /// <summary>Whether a feature is known.</summary>
    public bool IsKnown(int feature) => _known[feature];

    /// <summary>Logits of a prompt.</summary>
    public void Forward(ReadOnlySpan<int> features, Span<float> logits)
    {
        Pool(features);
        RunHead(logits);
    }

    /// <summary>Learns from one prompt: a step against the gradient of the weighted logistic losses.</summary>
    public void Backward(
        ReadOnlySpan<int> features, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, float rate)
    {
        Span<float> logits = stackalloc float[NetworkOptions.OutputCount];
        var scale = Pool(features);
        RunHead(logits);
        if (_options.HiddenCount == 0)
        {
            LearnLinear(features, targets, weights, logits, scale, rate);
            return;
        }

        Array.Clear(_hiddenGradient);
        for (var output = 0; output < logits.Length; output++)
        {
            var probability = 1 / (1 + MathF.Exp(-logits[output]));
            var error = (probability - targets[output]) * weights[output];
            var row = output * (_options.HiddenCount + 1);
            AddScaled(_outer.Values.AsSpan(row, _options.HiddenCount), error, _hiddenGradient);
            _outer.Learn(row, _hidden, error, rate, _options.Decay);
            _outer.LearnOne(row + _options.HiddenCount, error, rate);
        }

        Array.Clear(_poolGradient);
        for (var unit = 0; unit < _options.HiddenCount; unit++)
        {
            if (_hidden[unit] <= 0)
            {
                continue;
            }

            var row = unit * (_options.Dimension + 1);
            AddScaled(_inner.Values.AsSpan(row, _options.Dimension), _hiddenGradient[unit], _poolGradient);
            _inner.Learn(row, _pool, _hiddenGradient[unit], rate, _options.Decay);
            _inner.LearnOne(row + _options.Dimension, _hiddenGradient[unit], rate);
        }

        foreach (var feature in features)
        {
            if (_known[feature])
            {
                _table.Learn(feature * _options.Dimension, _poolGradient, scale, rate, _options.Decay);
            }
        }

    }

    private void LearnLinear(
        ReadOnlySpan<int> features,
        ReadOnlySpan<float> targets,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> logits,
        float scale,
        float rate)
    {
        for (var output = 0; output < logits.Length; output++)
        {
            var error = ((1 / (1 + MathF.Exp(-logits[output]))) - targets[output]) * weights[output];
            _poolGradient[output] = error;
            _outer.LearnOne(output, error, rate);
        }

        foreach (var feature in features)
        {
            if (_known[feature])
            {
                _table.Learn(feature * _options.Dimension, _poolGradient, scale, rate, _options.Decay);
            }
        }

    }

    private static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> target)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(source);
        var to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] += from[i] * factor;
        }
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = Vector<float>.Zero;
        var first = MemoryMarshal.Cast<float, Vector<float>>(left);
        var second = MemoryMarshal.Cast<float, Vector<float>>(right);
        for (var i = 0; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return Vector.Sum(sum);
    }

    private float Pool(ReadOnlySpan<int> features)
    {
        Array.Clear(_pool);
        var count = 0;
        foreach (var feature in features)
        {
            if (_known[feature])
            {
                AddScaled(_table.Values.AsSpan(feature * _options.Dimension, _options.Dimension), 1, _pool);
                count++;
            }
        }

        var scale = 1 / MathF.Sqrt(_options.PoolOffset + count);
        for (var i = 0; i < _pool.Length; i++)
        {
            _pool[i] *= scale;
        }

        return scale;
    }

    private void RunHead(Span<float> logits)
    {
        if (_options.HiddenCount == 0)
        {
            for (var output = 0; output < logits.Length; output++)
            {
                logits[output] = _pool[output] + _outer.Values[output];
            }

            return;
        }

        for (var unit = 0; unit < _options.HiddenCount; unit++)
        {
            var row = _inner.Values.AsSpan(unit * (_options.Dimension + 1), _options.Dimension + 1);
            _hidden[unit] = Math.Max(0, Dot(row[.._options.Dimension], _pool) + row[_options.Dimension]);
        }

        for (var output = 0; output < logits.Length; output++)
        {
            var row = _outer.Values.AsSpan(output * (_options.HiddenCount + 1), _options.HiddenCount + 1);
            logits[output] = Dot(row[.._options.HiddenCount], _hidden) + row[_options.HiddenCount];
        }
    }

    // Numbers with Adagrad's sums of squares.
    private sealed class Parameters
    {
        private readonly float[] _squares;

        public Parameters(int count, float spread, Random random)
        {
            Values = new float[count];
            _squares = new float[count];
            for (var i = 0; i < count; i++)
            {
                Values[i] = ((float)random.NextDouble() - 0.5f) * 2 * spread;
            }

            Array.Fill(_squares, 1e-3f);
        }

        public float[] Values { get; }

        public void Learn(int start, ReadOnlySpan<float> direction, float factor, float rate, float decay)
        {
            var values = MemoryMarshal.Cast<float, Vector<float>>(Values.AsSpan(start, direction.Length));
            var squares = MemoryMarshal.Cast<float, Vector<float>>(_squares.AsSpan(start, direction.Length));
            var directions = MemoryMarshal.Cast<float, Vector<float>>(direction);
            for (var i = 0; i < values.Length; i++)
            {
                var gradient = (directions[i] * factor) + (values[i] * decay);
                squares[i] += gradient * gradient;
                values[i] -= gradient * rate / Vector.SquareRoot(squares[i]);
            }
        }

        public void LearnOne(int index, float gradient, float rate)
        {
            _squares[index] += gradient * gradient;
            Values[index] -= gradient * rate / MathF.Sqrt(_squares[index]);
        }
    }
}
