using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// Buffers of one caller, bound to the session once for each bucket of lengths. A prompt is run alone, in the shape of its
/// own length's bucket, so that what is read of it is the same every time. Not thread-safe.
/// </summary>
internal sealed class EncoderLane : IDisposable
{
    /// <summary>Lengths that prompts are filled up to.</summary>
    public static readonly int[] Buckets = [32, 64, 96, PieceLayout.LengthMax];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly Binding[] _bindings;

    /// <summary>A lane of a session.</summary>
    public EncoderLane(InferenceSession session)
    {
        _session = session;
        _bindings = [.. Buckets.Select(length => new Binding(session, length))];
    }

    /// <summary>Reads rows of <see cref="PieceLayout"/>.</summary>
    public void Read(ReadOnlySpan<ushort> rows, Span<SecondReading> readings)
    {
        for (var row = 0; row < readings.Length; row++)
        {
            var cells = rows.Slice(row * PieceLayout.Width, PieceLayout.Width);
            var binding = _bindings[BucketOf(cells)];
            binding.Put(cells);
            Run(binding);
            binding.Logits.CopyTo(readings[row].Logits);
        }
    }

    /// <summary>Runs one bucket on the row that was put before: what the engine alone does.</summary>
    public void RunAlone(int bucket) => Run(_bindings[bucket]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings)
        {
            binding.Dispose();
        }

        _runOptions.Dispose();
    }

    /// <summary>The bucket of a row.</summary>
    public static int BucketOf(ReadOnlySpan<ushort> row)
    {
        var length = row[..PieceLayout.LengthMax].IndexOf(PieceLayout.Padding);
        length = length < 0 ? PieceLayout.LengthMax : length;
        var bucket = 0;
        while (Buckets[bucket] < length)
        {
            bucket++;
        }

        return bucket;
    }

    private void Run(Binding binding) => _session.RunWithBinding(_runOptions, binding.Io);

    private sealed class Binding : IDisposable
    {
        private readonly int _length;
        private readonly int[][] _cells = new int[PieceLayout.ColumnCount][];
        private readonly OrtValue[] _inputs = new OrtValue[PieceLayout.ColumnCount];
        private readonly float[] _output;
        private readonly OrtValue _result;

        public Binding(InferenceSession session, int length)
        {
            _length = length;
            Io = session.CreateIoBinding();
            for (var column = 0; column < _cells.Length; column++)
            {
                _cells[column] = GC.AllocateArray<int>(length, pinned: true);
                _inputs[column] = OrtValue.CreateTensorValueFromMemory(
                    OrtMemoryInfo.DefaultInstance, _cells[column].AsMemory(), [1, length]);
                Io.BindInput(EncoderGraph.InputNames[column], _inputs[column]);
            }

            _output = GC.AllocateArray<float>(EncoderGraph.OutputColumns, pinned: true);
            _result = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _output.AsMemory(), [1, EncoderGraph.OutputColumns]);
            Io.BindOutput(EncoderGraph.OutputName, _result);
        }

        public OrtIoBinding Io { get; }

        public ReadOnlySpan<float> Logits => _output.AsSpan(0, SecondReading.Length);

        public void Put(ReadOnlySpan<ushort> row)
        {
            for (var column = 0; column < _cells.Length; column++)
            {
                var from = row.Slice(column * PieceLayout.LengthMax, _length);
                var to = _cells[column];
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = from[i];
                }
            }
        }

        public void Dispose()
        {
            Io.Dispose();
            _result.Dispose();
            foreach (var input in _inputs)
            {
                input.Dispose();
            }
        }
    }
}
