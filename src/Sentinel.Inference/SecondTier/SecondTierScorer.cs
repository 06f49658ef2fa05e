using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// The second tier on ONNX Runtime. Thread-safe: every call takes a lane with its own buffers. What it reads of a
/// prompt does not depend on what is read with it.
/// </summary>
public sealed class SecondTierScorer : ISecondTier
{
    /// <summary>Name of the second tier.</summary>
    public const string ModelName = "content-tier2";

    private readonly SecondTierModel _model;
    private readonly InferenceSession _session;
    private readonly EncoderLane?[] _lanes = new EncoderLane?[Math.Max(16, Environment.ProcessorCount)]; // One for each reader.
    private readonly HoldCount _holds = new();

    private SecondTierScorer(string folder, SecondTierModel model, EngineSession opened)
    {
        Folder = folder;
        _model = model;
        _session = opened.Session;
        Provider = opened.Provider;
        AskedFromSteps = ContentScores.ToSteps(model.Manifest.AskedFrom);
    }

    /// <inheritdoc/>
    public ScoringModel Model => _model.Scoring;

    /// <inheritdoc/>
    public PieceVocabulary Vocabulary => _model.Vocabulary;

    /// <inheritdoc/>
    public ushort AskedFromSteps { get; }

    /// <summary>The folder that it was loaded from.</summary>
    public string Folder { get; }

    /// <summary>Hash of the graph, lower-case hexadecimal.</summary>
    public string Sha256 => _model.Manifest.Sha256;

    /// <summary>Whether it told more on families left out than the first tier alone.</summary>
    public bool IsBetter => _model.Manifest.IsBetter;

    /// <summary>Where the graph runs, and why there.</summary>
    public ProviderInForce Provider { get; }

    /// <summary>Loads the model of a folder, and runs every bucket once to have it warm.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="wish">Where it is to run.</param>
    /// <param name="first">Version of the first tier beside it; null where none is.</param>
    /// <param name="scorer">The scorer, held once.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryLoad(
        string folder,
        ProviderWish wish,
        string? first,
        [NotNullWhen(true)] out SecondTierScorer? scorer,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        scorer = null;
        if (!SecondTierModel.TryRead(folder, first, out var model, out fault))
        {
            return false;
        }

        try
        {
            if (!EngineSession.TryOpen(model.Graph, wish, model.Manifest.Tier, out var opened, out var reason))
            {
                fault = new ModelFault(ModelFaultKind.NoProvider, $"{folder} is to run on CUDA: {reason}");
                return false;
            }

            scorer = new SecondTierScorer(folder, model, opened);
            scorer.WarmUp();
            return true;
        }
        catch (OnnxRuntimeException bad)
        {
            scorer?.LetGo();
            scorer = null;
            fault = new ModelFault(ModelFaultKind.BadGraph, $"{folder} holds no graph that can be run: {bad.Message}");
            return false;
        }
    }

    /// <summary>Takes a hold of it; false when its last one has let go.</summary>
    public bool TryHold() => _holds.TryHold();

    /// <inheritdoc/>
    public void LetGo()
    {
        if (!_holds.LetGo())
        {
            return;
        }

        for (var i = 0; i < _lanes.Length; i++)
        {
            Interlocked.Exchange(ref _lanes[i], null)?.Dispose();
        }

        _session.Dispose();
    }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<ushort> rows, Span<SecondReading> readings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, readings.Length * PieceLayout.Width);
        var lane = Rent();
        try
        {
            lane.Read(rows, readings);
        }
        finally
        {
            Return(lane);
        }
    }

    /// <inheritdoc/>
    public void Change(ref ContentScores scores, in SecondReading reading) => _model.Stack.Change(ref scores, reading);

    /// <summary>A lane to measure the engine alone on; the caller's to dispose of.</summary>
    internal EncoderLane NewLane() => new(_session);

    private void WarmUp()
    {
        using var lane = NewLane();
        for (var bucket = 0; bucket < EncoderLane.Buckets.Length; bucket++)
        {
            lane.RunAlone(bucket);
        }
    }

    private EncoderLane Rent()
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (Interlocked.Exchange(ref _lanes[i], null) is { } lane)
            {
                return lane;
            }
        }

        return NewLane();
    }

    private void Return(EncoderLane lane)
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
