using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference;

/// <summary>
/// One caller's buffers, bound to the session once for each width class. Not thread-safe: rented for one call.
/// </summary>
internal sealed class ScoringLane : IDisposable
{
    /// <summary>Rows of every run. Fewer waste less on small batches, more cost less overhead a row.</summary>
    public const int ChunkRows = 16;

    private static readonly int[] Widths = [FeatureLayout.Width / 4, FeatureLayout.Width / 2, FeatureLayout.Width];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly float[] _output = GC.AllocateArray<float>(ChunkRows * ContentGraph.OutputColumns, pinned: true);
    private readonly int[][] _inputs = new int[Widths.Length][];
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[Widths.Length];
    private readonly OrtValue[] _inputValues = new OrtValue[Widths.Length];
    private readonly OrtValue _outputValue;
    private readonly int[] _rows = new int[ChunkRows];

    /// <summary>A lane of a session.</summary>
    public ScoringLane(InferenceSession session)
    {
        _session = session;
        _outputValue = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _output.AsMemory(), [ChunkRows, ContentGraph.OutputColumns]);
        for (var i = 0; i < Widths.Length; i++)
        {
            _inputs[i] = GC.AllocateArray<int>(ChunkRows * Widths[i], pinned: true);
            _inputValues[i] = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _inputs[i].AsMemory(), [ChunkRows, Widths[i]]);
            _bindings[i] = session.CreateIoBinding();
            _bindings[i].BindInput(ContentGraph.InputName, _inputValues[i]);
            _bindings[i].BindOutput(ContentGraph.OutputName, _outputValue);
        }
    }

    /// <summary>Scores all rows of a batch.</summary>
    public void Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        for (var width = 0; width < Widths.Length; width++)
        {
            var pending = 0;
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (WidthClass(batch.Row(row)) != width)
                {
                    continue;
                }

                batch.Row(row)[..Widths[width]].CopyTo(_inputs[width].AsSpan(pending * Widths[width]));
                _rows[pending++] = row;
                if (pending == ChunkRows)
                {
                    Run(width, pending, scores);
                    pending = 0;
                }
            }

            if (pending > 0)
            {
                _inputs[width].AsSpan(pending * Widths[width]).Clear();
                Run(width, pending, scores);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = 0; i < Widths.Length; i++)
        {
            _bindings[i].Dispose();
            _inputValues[i].Dispose();
        }

        _outputValue.Dispose();
        _runOptions.Dispose();
    }

    // A row is padded at its end, so the last id of a class tells whether the row is wider.
    private static int WidthClass(ReadOnlySpan<int> row)
    {
        var width = 0;
        while (width < Widths.Length - 1 && row[Widths[width]] != 0)
        {
            width++;
        }

        return width;
    }

    private void Run(int width, int count, Span<ContentScores> scores)
    {
        _session.RunWithBinding(_runOptions, _bindings[width]);
        for (var i = 0; i < count; i++)
        {
            ref var score = ref scores[_rows[i]];
            var values = _output.AsSpan(i * ContentGraph.OutputColumns, ContentGraph.OutputColumns);
            score.HarvestSteps = ContentScores.ToSteps(values[0]);
            for (var kind = 0; kind < ContentKinds.Count; kind++)
            {
                score.KindSteps[kind] = ContentScores.ToSteps(values[1 + kind]);
            }

            for (var cell = 0; cell < ContentScores.EmbeddingLength; cell++)
            {
                var value = values[NetworkOptions.OutputCount + cell];
                score.Embedding[cell] = (sbyte)MathF.Round(Math.Clamp(value, -1f, 1f) * 127f);
            }
        }
    }
}
