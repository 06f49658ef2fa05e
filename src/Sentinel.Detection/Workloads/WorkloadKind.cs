using System.Collections.Immutable;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Workloads;

/// <summary>What a declared workload is. Append, never reorder.</summary>
public enum WorkloadKind : byte
{
    /// <summary>Tasks with known answers, run to measure models.</summary>
    EvaluationSuite,

    /// <summary>An agent of a build or a release.</summary>
    CiAgent,

    /// <summary>One account in front of many users.</summary>
    Gateway,

    /// <summary>Marks essays, homework or answers by a rubric.</summary>
    Grader,

    /// <summary>Must record how the model comes to its answers, or tests its limits on the provider's behalf.</summary>
    Auditor,

    /// <summary>Labels, translates, extracts or moderates in bulk.</summary>
    Labelling,

    /// <summary>Writes test data for a product's own quality assurance.</summary>
    TestData,
}

/// <summary>Evidence that a workload can explain. The first seven are the content kinds, in their order.</summary>
[Flags]
public enum WorkloadEvidence
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Content of the kind reasoning extraction.</summary>
    ReasoningExtraction = 1 << ContentKind.ReasoningExtraction,

    /// <summary>Content of the kind grading harvest.</summary>
    GradingHarvest = 1 << ContentKind.GradingHarvest,

    /// <summary>Content of the kind synthetic data.</summary>
    SyntheticData = 1 << ContentKind.SyntheticData,

    /// <summary>Content of the kind capability harvest.</summary>
    CapabilityHarvest = 1 << ContentKind.CapabilityHarvest,

    /// <summary>Content of the kind distribution harvest.</summary>
    DistributionHarvest = 1 << ContentKind.DistributionHarvest,

    /// <summary>Content of the kind instruction extraction.</summary>
    InstructionExtraction = 1 << ContentKind.InstructionExtraction,

    /// <summary>Content of the kind technique probing, and a pool that probes.</summary>
    TechniqueProbing = 1 << ContentKind.TechniqueProbing,

    /// <summary>Many accounts on one instrument of identity.</summary>
    Identity = 1 << ContentKinds.Count,

    /// <summary>A common pace, a schedule, equal volumes.</summary>
    Pace = Identity << 1,

    /// <summary>Accounts that ask for the same thing.</summary>
    Likeness = Identity << 2,

    /// <summary>Outputs of others as material.</summary>
    Recirculation = Identity << 3,

    /// <summary>Taking up what a silent campaign left.</summary>
    Succession = Identity << 4,

    /// <summary>Moving to a new model at once.</summary>
    Pivot = Identity << 5,

    /// <summary>How it uses the service: hours, volume, addresses, samples.</summary>
    Habits = Identity << 6,
}

/// <summary>Names of kinds and evidence, and which kind can explain which evidence.</summary>
public static class WorkloadKinds
{
    private const WorkloadEvidence Everyday =
        WorkloadEvidence.Pace | WorkloadEvidence.Habits | WorkloadEvidence.Pivot | WorkloadEvidence.Likeness;

    /// <summary>Names in the order of <see cref="WorkloadKind"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["evaluation_suite", "ci_agent", "gateway", "grader", "auditor", "labelling", "test_data"];

    /// <summary>Names of evidence in the order of its bits.</summary>
    public static ImmutableArray<string> EvidenceNames { get; } =
    [
        "content.reasoning_extraction", "content.grading_harvest", "content.synthetic_data",
        "content.capability_harvest", "content.distribution_harvest", "content.instruction_extraction",
        "content.technique_probing", "identity", "pace", "likeness", "recirculation", "succession", "pivot", "habits",
    ];

    /// <summary>
    /// The most that a kind can explain; a declaration can only be narrower. A gateway's users may send anything, which is
    /// why their content is never explained by it; reasoning is explained to nobody but auditors, and reasoning references
    /// of other accounts to nobody at all.
    /// </summary>
    public static WorkloadEvidence MayExplain(WorkloadKind kind) => kind switch
    {
        WorkloadKind.EvaluationSuite => Everyday | WorkloadEvidence.CapabilityHarvest | WorkloadEvidence.GradingHarvest
            | WorkloadEvidence.DistributionHarvest | WorkloadEvidence.Recirculation,
        WorkloadKind.CiAgent => Everyday | WorkloadEvidence.Identity | WorkloadEvidence.CapabilityHarvest,
        WorkloadKind.Gateway => Everyday | WorkloadEvidence.Identity | WorkloadEvidence.Recirculation,
        WorkloadKind.Grader => Everyday | WorkloadEvidence.GradingHarvest | WorkloadEvidence.Recirculation,
        WorkloadKind.Auditor => Everyday | WorkloadEvidence.ReasoningExtraction | WorkloadEvidence.InstructionExtraction
            | WorkloadEvidence.TechniqueProbing | WorkloadEvidence.DistributionHarvest,
        WorkloadKind.Labelling => Everyday | WorkloadEvidence.GradingHarvest | WorkloadEvidence.SyntheticData
            | WorkloadEvidence.Recirculation,
        WorkloadKind.TestData => Everyday | WorkloadEvidence.SyntheticData,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of workload."),
    };

    /// <summary>Names of the evidence in a set, in the order of its bits.</summary>
    public static ImmutableArray<string> NamesOf(WorkloadEvidence set) =>
        [.. EvidenceNames.Where((_, bit) => ((int)set & (1 << bit)) != 0)];

    /// <summary>Evidence by its name.</summary>
    public static bool TryOf(string name, out WorkloadEvidence evidence)
    {
        var bit = EvidenceNames.IndexOf(name);
        evidence = bit < 0 ? WorkloadEvidence.None : (WorkloadEvidence)(1 << bit);
        return bit >= 0;
    }
}
