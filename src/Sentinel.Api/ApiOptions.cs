using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Api;

/// <summary>Limits and times of the API. Checked before the first request.</summary>
public sealed class ApiOptions
{
    /// <summary>Section of the configuration: <c>Api</c>, in the environment <c>LLMSENTINEL_Api__…</c>.</summary>
    public const string Section = "Api";

    /// <summary>Largest body that is handed over, before and after decompression. Default 64 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int IngestBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bodies handed over and held at once. Default 4: at most 256 MiB of them.</summary>
    [Range(1, 64)]
    public int IngestBodiesMax { get; init; } = 4;

    /// <summary>Reasons spelled out in one answer to them; the rest is counted.</summary>
    [Range(1, 10_000)]
    public int IngestReasonsMax { get; init; } = 100;

    /// <summary>Accounts asked for in one <c>POST /v1/decisions</c>.</summary>
    [Range(1, 10_000)]
    public int DecisionBatchMax { get; init; } = 1_000;

    /// <summary>How long a gateway may reuse a decision, seconds.</summary>
    [Range(1, 86_400)]
    public int DecisionTtlSeconds { get; init; } = 60;

    /// <summary>How long a gateway may reuse the answer for an account without verdict, seconds.</summary>
    [Range(1, 86_400)]
    public int NoVerdictTtlSeconds { get; init; } = 10;

    /// <summary>How far the decision board may lag before its answers say so, seconds. Default 5.</summary>
    [Range(1, 3_600)]
    public int StaleAfterSeconds { get; init; } = 5;

    /// <summary>
    /// Accounts on the decision board. Default 2,000,000 at about 105 bytes: 210 MB when full. Past it, accounts that
    /// may go on are left off, since an account that is not on the board is allowed too.
    /// </summary>
    [Range(16, 50_000_000)]
    public int BoardAccountsMax { get; init; } = 2_000_000;

    /// <summary>
    /// Decisions that may wait for the log, rounded up to a power of two; what comes then is dropped and counted. Default
    /// 16,384: about 10 MiB.
    /// </summary>
    [Range(256, 1 << 20)]
    public int DecisionLogMax { get; init; } = 16_384;

    /// <summary>Decisions in one answer about an account.</summary>
    [Range(1, 10_000)]
    public int DecisionPageMax { get; init; } = 1_000;

    /// <summary>Campaigns in one page.</summary>
    [Range(1, 1_000)]
    public int CampaignPageMax { get; init; } = 200;
}

/// <summary>Checks <see cref="ApiOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;
