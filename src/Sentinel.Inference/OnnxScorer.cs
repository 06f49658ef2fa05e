using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Onnx;
using Sentinel.Inference.Training;

namespace Sentinel.Inference;

/// <summary>
/// Scores prompts by a content model on the processor: adds up the table's rows of a prompt's features where they lie,
/// and runs what comes after in ONNX Runtime. Thread-safe: every call takes a lane with its own buffers, bound once;
/// lanes share one session and one table. Allocates nothing per prompt once a lane exists.
/// </summary>
/// <remarks>
/// A prompt's scores do not depend on what is scored with it: the sums are taken for each prompt alone and in the order
/// of its features, and no step after them mixes rows.
/// </remarks>
public sealed class OnnxScorer : IScorer, IDisposable
{
    /// <summary>Lanes kept for reuse: more than any sensible number of workers.</summary>
    private const int LanesMax = 64;

    private readonly InferenceSession _session;
    private readonly EmbeddingTable _table;
    private readonly ScoringLane?[] _lanes = new ScoringLane?[LanesMax];

    private OnnxScorer(ContentModel model, EmbeddingTable table, InferenceSession session)
    {
        _session = session;
        _table = table;
        ModelVersion = $"{model.Manifest.Name}/{model.Manifest.Version}";
        Tier = model.Manifest.Tier;
        Reference = model.Reference;
        Sha256 = model.Manifest.Sha256;
    }

    /// <inheritdoc/>
    public string ModelVersion { get; }

    /// <inheritdoc/>
    public int Tier { get; }

    /// <inheritdoc/>
    public BenignReference Reference { get; }

    /// <summary>Hash of the graph that answers, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>
    /// The scorer of the newest first-tier model in the models folder, which is found as
    /// <see cref="ModelFolder.Find"/> says.
    /// </summary>
    /// <exception cref="ModelRefusedException">There is none, or it does not fit this program.</exception>
    public static OnnxScorer LoadDefault()
    {
        var named = Environment.GetEnvironmentVariable(ModelFolder.EnvironmentVariable);
        var models = ModelFolder.Find(named, AppContext.BaseDirectory);
        var folder = models is null ? null : ModelFolder.Newest(models, ModelFolder.Tier1Name);
        if (folder is null)
        {
            throw new ModelRefusedException(new ModelFault(
                ModelFaultKind.Missing,
                $"No {ModelFolder.Tier1Name} was found. Set {ModelFolder.EnvironmentVariable} to the models folder."));
        }

        return TryLoad(folder, out var scorer, out var fault) ? scorer : throw new ModelRefusedException(fault);
    }

    /// <summary>Loads the model of a folder.</summary>
    public static bool TryLoad(
        string folder,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OnnxScorer? scorer,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ModelFault? fault)
    {
        scorer = null;
        if (!ContentModel.TryRead(folder, out var model, out fault))
        {
            return false;
        }

        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            var split = SplitGraph.Of(
                model.Graph, ContentGraph.InputName, ContentGraph.TableName, ContentGraph.SumsName);
            var table = new EmbeddingTable(split.Table, split.Columns);
            scorer = new OnnxScorer(model, table, new InferenceSession(split.Heads, options));
            return true;
        }
        catch (Exception bad) when (bad is OnnxRuntimeException or InvalidDataException)
        {
            fault = new ModelFault(ModelFaultKind.BadGraph, $"{folder} holds no graph that can be run: {bad.Message}");
            return false;
        }
    }

    /// <inheritdoc/>
    public void Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, batch.RowCount);
        var lane = Rent();
        try
        {
            lane.Score(batch, scores);
        }
        finally
        {
            Return(lane);
        }
    }

    /// <summary>Ends the session; no call may be under way.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            Interlocked.Exchange(ref _lanes[i], null)?.Dispose();
        }

        _session.Dispose();
    }

    private ScoringLane Rent()
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (Interlocked.Exchange(ref _lanes[i], null) is { } lane)
            {
                return lane;
            }
        }

        return new ScoringLane(_session, _table);
    }

    private void Return(ScoringLane lane)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _lanes[i], lane, null) is null)
            {
                return;
            }
        }

        lane.Dispose();
    }
}
