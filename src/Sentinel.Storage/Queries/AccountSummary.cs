using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Queries;

/// <summary>What the store knows of one account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Exchanges">Exchanges kept of it.</param>
/// <param name="FirstSeen">Event time of the earliest.</param>
/// <param name="LastSeen">Event time of the latest.</param>
/// <param name="Models">Different models asked for.</param>
/// <param name="Harvest">How its harvest scores spread.</param>
/// <param name="Verdict">The latest verdict, or null when there never was one.</param>
/// <param name="Links">Keys that it uses, the most shared first, at most <see cref="AccountReader.LinksMax"/>.</param>
/// <param name="Days">Days with exchanges, oldest first: the latest <see cref="AccountReader.DaysMax"/>.</param>
public sealed record AccountSummary(
    string AccountId,
    long Exchanges,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    long Models,
    HarvestQuantiles Harvest,
    Verdict? Verdict,
    ImmutableArray<AccountLink> Links,
    ImmutableArray<AccountDay> Days);

/// <summary>Scores, 0..1, that half, nine tenths and 99 hundredths of an account's exchanges do not exceed.</summary>
/// <param name="Median">Half.</param>
/// <param name="P90">Nine tenths.</param>
/// <param name="P99">99 hundredths.</param>
public readonly record struct HarvestQuantiles(float Median, float P90, float P99);

/// <summary>A key that an account uses.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="OtherAccounts">How many other accounts use it.</param>
/// <param name="FirstUsedAt">Event time of this account's first use.</param>
public readonly record struct AccountLink(LinkKind Kind, ulong Key, long OtherAccounts, DateTimeOffset FirstUsedAt);

/// <summary>A day on which an account made exchanges.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Exchanges">How many.</param>
public readonly record struct AccountDay(DateOnly Day, long Exchanges);
