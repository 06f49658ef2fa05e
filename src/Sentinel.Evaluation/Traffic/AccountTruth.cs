namespace Sentinel.Evaluation.Traffic;

/// <summary>What is true of an account.</summary>
/// <param name="IsMalicious">Whether it abuses the service.</param>
/// <param name="Class">Class of innocent workload, or what the truth calls those that abuse.</param>
/// <param name="Campaign">The campaign that it is part of, or null.</param>
/// <param name="FirstMaliciousEvent">Key of the first abusive event, as in <see cref="ObservedExchange.EventKey"/>; 0
/// when not known.</param>
/// <param name="Recipe">The recipe that the abuser was played by, or null.</param>
public sealed record AccountTruth(
    bool IsMalicious, string Class, string? Campaign, ulong FirstMaliciousEvent, string? Recipe)
{
    /// <summary>What an abuser's figures go under: its campaign, or the recipe of one without a campaign.</summary>
    public string Source => Campaign ?? Recipe ?? "no campaign";
}
