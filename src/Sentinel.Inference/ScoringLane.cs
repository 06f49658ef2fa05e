using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference;

/// <summary>
/// One caller's buffers, bound to the session once for each size of chunk. Not thread-safe: rented for one call.
/// </summary>
internal sealed class ScoringLane : IDisposable
{
    /// <summary>Rows of a full run: the engine's overhead of some twenty steps is shared by a whole chunk.</summary>
    public const int RowsMax = 256;

    /// <summary>Rows of a run for what is left, or for a single request.</summary>
    private const int RowsFew = 16;

    private readonly InferenceSession _session;
    private readonly EmbeddingTable _table;
    private readonly RunOptions _runOptions = new();
    private readonly Binding _full;
    private readonly Binding _few;

    /// <summary>A lane of a session.</summary>
    public ScoringLane(InferenceSession session, EmbeddingTable table)
    {
        (_session, _table) = (session, table);
        _full = new Binding(session, RowsMax, table.Columns);
        _few = new Binding(session, RowsFew, table.Columns);
    }

    /// <summary>Scores all rows of a batch.</summary>
    public void Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        for (var first = 0; first < batch.RowCount;)
        {
            var left = batch.RowCount - first;
            var binding = left > RowsFew ? _full : _few;
            var count = Math.Min(left, binding.Rows);
            for (var row = 0; row < count; row++)
            {
                _table.Sum(batch.Row(first + row), binding.SumsOf(row));
            }

            _session.RunWithBinding(_runOptions, binding.Io);
            for (var row = 0; row < count; row++)
            {
                Read(binding.OutputOf(row), ref scores[first + row]);
            }

            first += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _full.Dispose();
        _few.Dispose();
        _runOptions.Dispose();
    }

    private static void Read(ReadOnlySpan<float> values, ref ContentScores score)
    {
        score.HarvestSteps = ContentScores.ToSteps(values[0]);
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            score.KindSteps[kind] = ContentScores.ToSteps(values[1 + kind]);
        }

        for (var cell = 0; cell < ContentScores.EmbeddingLength; cell++)
        {
            var value = values[NetworkOptions.OutputCount + cell];
            score.Embedding[cell] = (sbyte)MathF.Round(Math.Clamp(value, -1f, 1f) * ContentScores.EmbeddingSteps);
        }
    }

    private sealed class Binding : IDisposable
    {
        private readonly int _columns;
        private readonly float[] _sums;
        private readonly float[] _output;
        private readonly OrtValue _input;
        private readonly OrtValue _result;

        public Binding(InferenceSession session, int rows, int columns)
        {
            (Rows, _columns) = (rows, columns);
            _sums = GC.AllocateArray<float>(rows * columns, pinned: true);
            _output = GC.AllocateArray<float>(rows * ContentGraph.OutputColumns, pinned: true);
            _input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _sums.AsMemory(), [rows, columns]);
            _result = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _output.AsMemory(), [rows, ContentGraph.OutputColumns]);
            Io = session.CreateIoBinding();
            Io.BindInput(ContentGraph.SumsName, _input);
            Io.BindOutput(ContentGraph.OutputName, _result);
        }

        public int Rows { get; }

        public OrtIoBinding Io { get; }

        // Sums of an earlier run stay in rows that are not filled: they are finite, and no one reads their scores.
        public Span<float> SumsOf(int row) => _sums.AsSpan(row * _columns, _columns);

        public ReadOnlySpan<float> OutputOf(int row) =>
            _output.AsSpan(row * ContentGraph.OutputColumns, ContentGraph.OutputColumns);

        public void Dispose()
        {
            Io.Dispose();
            _input.Dispose();
            _result.Dispose();
        }
    }
}
