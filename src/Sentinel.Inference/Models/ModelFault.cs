namespace Sentinel.Inference.Models;

/// <summary>Why a model was refused.</summary>
public enum ModelFaultKind
{
    /// <summary>No such folder or file.</summary>
    Missing,

    /// <summary>The manifest is no manifest.</summary>
    BadManifest,

    /// <summary>The file is not the one that the manifest was written for.</summary>
    HashMismatch,

    /// <summary>The model reads another layout of feature rows.</summary>
    LayoutMismatch,

    /// <summary>The model gives other labels or another embedding.</summary>
    LabelMismatch,

    /// <summary>The inference engine refuses the file.</summary>
    BadGraph,

    /// <summary>The model is to run where it cannot.</summary>
    NoProvider,

    /// <summary>The model has no golden cases, or scores them otherwise than its file says.</summary>
    GoldenDiffers,
}

/// <summary>Why a model was refused, and a sentence that says what to do.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Detail">For people.</param>
public sealed record ModelFault(ModelFaultKind Kind, string Detail);

/// <summary>A model that the program cannot do without was refused.</summary>
public sealed class ModelRefusedException : Exception
{
    /// <summary>The refusal.</summary>
    public ModelRefusedException(ModelFault fault)
        : base(fault?.Detail)
    {
        ArgumentNullException.ThrowIfNull(fault);
        Fault = fault;
    }

    /// <summary>The refusal.</summary>
    public ModelFault Fault { get; }
}
