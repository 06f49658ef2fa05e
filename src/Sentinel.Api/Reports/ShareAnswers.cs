using System.ComponentModel;
using Sentinel.Storage.Sharing;

namespace Sentinel.Api.Reports;

/// <summary>A campaign that is to be shared.</summary>
internal sealed record ShareRequest
{
    [Description("The campaign.")]
    public required string Campaign { get; init; }

    [Description("To whom; a recipient of the configuration.")]
    public required string Recipient { get; init; }

    [Description("Why; at most 1,000 characters.")]
    public string Note { get; init; } = "";
}

/// <summary>What sharing would tell, held against what was told before.</summary>
internal sealed record SharePreview
{
    [Description("The profile that it goes through.")]
    public required string Profile { get; init; }

    [Description("What the profile hashes, shortens, coarsens and leaves out.")]
    public required IReadOnlyList<string> Changes { get; init; }

    [Description("Bytes of the bundle.")]
    public required int Bytes { get; init; }

    [Description("When it would expire.")]
    public required DateTimeOffset ExpiresAt { get; init; }

    [Description("Ids of STIX objects that this recipient was not told of.")]
    public required IReadOnlyList<string> Added { get; init; }

    [Description("Ids of objects that it was told otherwise.")]
    public required IReadOnlyList<string> Changed { get; init; }

    [Description("Ids of objects that it was told and that are no longer so.")]
    public required IReadOnlyList<string> Removed { get; init; }

    [Description("How many objects are as they were told.")]
    public required int Unchanged { get; init; }

    [Description("The bundle itself.")]
    public required string Bundle { get; init; }
}

/// <summary>A report that was given to a recipient.</summary>
internal sealed record SharedReportAnswer
{
    [Description("When it was given.")]
    public required DateTimeOffset SharedAt { get; init; }

    [Description("Id of the share.")]
    public required string Id { get; init; }

    [Description("To whom.")]
    public required string Recipient { get; init; }

    [Description("What was taken out before: the name of the profile.")]
    public required string Profile { get; init; }

    [Description("What it is about: a campaign, or a period.")]
    public required string Subject { get; init; }

    [Description("In which format.")]
    public required string Format { get; init; }

    [Description("SHA-256 of the facts behind it, as the recipient was told.")]
    public required string EvidenceHash { get; init; }

    [Description("SHA-256 of what was given.")]
    public required string ContentHash { get; init; }

    [Description("How much it was.")]
    public required long Bytes { get; init; }

    [Description("When it is to be used no longer.")]
    public required DateTimeOffset ExpiresAt { get; init; }

    [Description("Who gave it.")]
    public required string SharedBy { get; init; }

    [Description("Why.")]
    public required string Note { get; init; }

    public static SharedReportAnswer Of(SharedReport share) => new()
    {
        SharedAt = share.SharedAt,
        Id = share.Id,
        Recipient = share.Recipient,
        Profile = share.Profile,
        Subject = share.Subject,
        Format = share.Format,
        EvidenceHash = share.EvidenceHash,
        ContentHash = share.ContentHash,
        Bytes = share.Bytes,
        ExpiresAt = share.ExpiresAt,
        SharedBy = share.SharedBy,
        Note = share.Note,
    };
}

/// <summary>What came of an import.</summary>
internal sealed record ImportAnswer
{
    [Description("Keys that were taken in.")]
    public required int Keys { get; init; }

    [Description("Indicators in another pattern, or expired, or revoked.")]
    public required int Ignored { get; init; }
}
