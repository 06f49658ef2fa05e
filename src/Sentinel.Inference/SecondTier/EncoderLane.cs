using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// Buffers of one caller, bound to the session once for each bucket of lengths. A prompt is run in the shape of its
/// own length's bucket, whatever is run with it, so that what is read of it is the same every time. Not thread-safe.
/// </summary>
internal sealed class EncoderLane : IDisposable
{
    /// <summary>Rows of a run.</summary>
    public const int RowsMax = 4;

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
        Span<int> places = stackalloc int[RowsMax];
        for (var bucket = 0; bucket < Buckets.Length; bucket++)
        {
            var binding = _bindings[bucket];
            var count = 0;
            for (var row = 0; row < readings.Length; row++)
            {
                var cells = rows.Slice(row * PieceLayout.Width, PieceLayout.Width);
                if (BucketOf(cells) == bucket)
                {
                    binding.Put(count, cells);
                    places[count++] = row;
                }

                if (count == RowsMax || (count > 0 && row == readings.Length - 1))
                {
                    Run(binding);
                    for (var i = 0; i < count; i++)
                    {
                        binding.LogitsOf(i).CopyTo(readings[places[i]].Logits);
                    }

                    count = 0;
                }
            }
        }
    }

    /// <summary>Runs one bucket on rows that were put before: what the engine alone does.</summary>
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
        var length = row[..PieceLayout.LengthMax].IndexOf((ushort)0);
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
                _cells[column] = GC.AllocateArray<int>(RowsMax * length, pinned: true);
                _inputs[column] = OrtValue.CreateTensorValueFromMemory(
                    OrtMemoryInfo.DefaultInstance, _cells[column].AsMemory(), [RowsMax, length]);
                Io.BindInput(EncoderGraph.InputNames[column], _inputs[column]);
            }

            _output = GC.AllocateArray<float>(RowsMax * EncoderGraph.OutputColumns, pinned: true);
            _result = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _output.AsMemory(), [RowsMax, EncoderGraph.OutputColumns]);
            Io.BindOutput(EncoderGraph.OutputName, _result);
        }

        public OrtIoBinding Io { get; }

        // Rows of an earlier run stay where none is put: no one reads what comes of them.
        public void Put(int row, ReadOnlySpan<ushort> cells)
        {
            for (var column = 0; column < _cells.Length; column++)
            {
                var to = _cells[column].AsSpan(row * _length, _length);
                var from = cells.Slice(column * PieceLayout.LengthMax, _length);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = from[i];
                }
            }
        }

        public ReadOnlySpan<float> LogitsOf(int row) =>
            _output.AsSpan(row * EncoderGraph.OutputColumns, SecondReading.Length);

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
