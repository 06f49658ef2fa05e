using System.Collections.Immutable;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Console.Views;

/// <summary>What the page of verified workloads shows.</summary>
/// <param name="Workloads">Declarations, those that hold first.</param>
public sealed record WorkloadsView(ImmutableArray<Workload> Workloads);

/// <summary>What the page of policies shows.</summary>
/// <param name="Detection">What turns evidence into verdicts.</param>
/// <param name="Thresholds">Its thresholds and what each is.</param>
/// <param name="Review">Limits and times of reviewing.</param>
public sealed record PoliciesView(
    DetectionPolicy Detection, ImmutableArray<FigureView> Thresholds, ImmutableArray<FigureView> Review);
