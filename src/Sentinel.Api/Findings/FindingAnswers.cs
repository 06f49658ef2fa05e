using System.ComponentModel;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Findings;

/// <summary>Why the machine concluded something.</summary>
internal sealed record ReasonAnswer
{
    [Description("Stable code.")]
    public required string Code { get; init; }

    [Description("A sentence that an analyst would repeat to a customer.")]
    public required string Summary { get; init; }

    [Description("Evidence in nats: the natural logarithm of an e-value.")]
    public required double Weight { get; init; }

    public static IReadOnlyList<ReasonAnswer> From(IReadOnlyList<Reason> reasons) =>
        [.. reasons.Select(reason => new ReasonAnswer
        {
            Code = reason.Code,
            Summary = reason.Summary,
            Weight = Math.Round(reason.Weight, 3),
        })];
}
