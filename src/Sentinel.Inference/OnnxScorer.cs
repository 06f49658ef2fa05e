using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Onnx;
using Sentinel.Inference.Providers;
using Sentinel.Inference.Training;

namespace Sentinel.Inference;

/// <summary>
/// Scores prompts by a content model: adds up the table's rows of a prompt's features where they lie, and runs what
/// comes after in ONNX Runtime, on the processor unless a device is asked for. Thread-safe: every call takes a lane with
/// its own buffers, bound once; lanes share one session and one table. Allocates nothing per prompt once a lane exists.
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
    private readonly ScoringModel _model;
    private readonly ScoringLane?[] _lanes = new ScoringLane?[LanesMax];

    private OnnxScorer(ContentModel model, EmbeddingTable table, EngineSession opened)
    {
        _session = opened.Session;
        _table = table;
        var manifest = model.Manifest;
        _model = new ScoringModel($"{manifest.Name}/{manifest.Version}", manifest.Tier, model.Reference);
        Sha256 = manifest.Sha256;
        Provider = opened.Provider;
    }

    /// <inheritdoc/>
    public string ModelVersion => _model.Version;

    /// <inheritdoc/>
    public int Tier => _model.Tier;

    /// <inheritdoc/>
    public BenignReference Reference => _model.Reference;

    /// <summary>Hash of the graph that answers, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Where the graph runs, and why there.</summary>
    public ProviderInForce Provider { get; }

    /// <summary>
    /// The scorer of the newest first-tier model in the models folder, which is found as
    /// <see cref="ModelFolder.Find"/> says.
    /// </summary>
    /// <exception cref="ModelRefusedException">There is none, or it does not fit this program.</exception>
    public static OnnxScorer LoadDefault() => LoadDefault(ProviderWish.Auto);

    /// <inheritdoc cref="LoadDefault()"/>
    public static OnnxScorer LoadDefault(ProviderWish wish)
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

        return TryLoad(folder, wish, out var scorer, out var fault) ? scorer : throw new ModelRefusedException(fault);
    }

    /// <summary>Loads the model of a folder, and scores once to have it warm.</summary>
    public static bool TryLoad(
        string folder,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OnnxScorer? scorer,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ModelFault? fault) =>
        TryLoad(folder, ProviderWish.Auto, out scorer, out fault);

    /// <inheritdoc cref="TryLoad(string, out OnnxScorer?, out ModelFault?)"/>
    public static bool TryLoad(
        string folder,
        ProviderWish wish,
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
            var split = SplitGraph.Of(
                model.Graph, ContentGraph.InputName, ContentGraph.TableName, ContentGraph.SumsName);
            var table = new EmbeddingTable(split.Table, split.Columns);
            if (!EngineSession.TryOpen(split.Heads, wish, model.Manifest.Tier, out var opened, out var reason))
            {
                fault = new ModelFault(ModelFaultKind.NoProvider, $"{folder} is to run on CUDA: {reason}");
                return false;
            }

            scorer = new OnnxScorer(model, table, opened);
            if (Misfit(table, opened.Session) is not { } misfit)
            {
                scorer.WarmUp();
                return true;
            }

            scorer.Dispose();
            scorer = null;
            fault = new ModelFault(ModelFaultKind.BadGraph, $"{folder} holds a graph that {misfit}.");
            return false;
        }
        catch (Exception bad) when (bad is OnnxRuntimeException or InvalidDataException)
        {
            scorer?.Dispose();
            scorer = null;
            fault = new ModelFault(ModelFaultKind.BadGraph, $"{folder} holds no graph that can be run: {bad.Message}");
            return false;
        }
    }

    /// <inheritdoc/>
    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, batch.RowCount);
        var lane = Rent();
        try
        {
            lane.Score(batch, scores);
            return _model;
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

    // The manifest was held against this program; this holds the graph against both.
    private static string? Misfit(EmbeddingTable table, InferenceSession session)
    {
        var wanted = ContentGraph.OutputColumns;
        if (table.RowCount != FeatureLayout.BucketCount)
        {
            return $"has {table.RowCount} features, not {FeatureLayout.BucketCount}";
        }

        return session.OutputMetadata.TryGetValue(ContentGraph.OutputName, out var output)
            && output.Dimensions is [_, var columns] && columns == wanted
                ? null
                : $"does not give {ContentGraph.OutputName} of {wanted} columns";
    }

    // Once through both sizes of chunk: the engine plans its memory, and a lane waits for the first caller.
    private void WarmUp()
    {
        var batch = new FeatureBatch(ScoringLane.RowsMax + 1) { RowCount = ScoringLane.RowsMax + 1 };
        Score(batch, new ContentScores[batch.RowCount]);
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
