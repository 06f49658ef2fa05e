using System.Collections.Immutable;

namespace Sentinel.Reports.Sharing;

/// <summary>What becomes of an identifier.</summary>
public enum IdentifierForm : byte
{
    /// <summary>It stays.</summary>
    Whole,

    /// <summary>HMAC-SHA-256 under the recipient's key: two recipients cannot join what they got.</summary>
    Hashed,

    /// <summary>It is left out.</summary>
    LeftOut,
}

/// <summary>What becomes of the instruction frame, the only prompt text in a report.</summary>
public enum FrameForm : byte
{
    /// <summary>It stays.</summary>
    Whole,

    /// <summary>Its first <see cref="SharingProfile.FrameCharsMax"/> characters.</summary>
    Truncated,

    /// <summary>It is left out.</summary>
    LeftOut,
}

/// <summary>How exact times are.</summary>
public enum TimeForm : byte
{
    /// <summary>As they were.</summary>
    Exact,

    /// <summary>Whole hours.</summary>
    Hour,

    /// <summary>Whole days.</summary>
    Day,
}

/// <summary>What a kind of recipient is told. Configurable; these four are built in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Accounts">Account ids.</param>
/// <param name="Keys">Keys of payment instruments, addresses, devices, frames and the like.</param>
/// <param name="Campaigns">Ids of campaigns, and the hash of the evidence.</param>
/// <param name="Frame">The instruction frame.</param>
/// <param name="Times">Times.</param>
/// <param name="RoundCounts">Whether counts keep two digits only.</param>
/// <param name="FixedSentences">Whether the judge's sentences give way to one fixed sentence a code.</param>
/// <param name="Tlp">How it may be passed on.</param>
/// <param name="ValidDays">Days after which it is to be used no longer.</param>
public sealed record SharingProfile(
    string Name,
    IdentifierForm Accounts,
    IdentifierForm Keys,
    IdentifierForm Campaigns,
    FrameForm Frame,
    TimeForm Times,
    bool RoundCounts,
    bool FixedSentences,
    TlpLabel Tlp,
    int ValidDays)
{
    /// <summary>Characters of a frame that is truncated.</summary>
    public const int FrameCharsMax = 80;

    /// <summary>Days that a profile may allow at most.</summary>
    public const int ValidDaysMax = 730;

    /// <summary>The provider itself: everything.</summary>
    public static SharingProfile Internal { get; } = new(
        "internal", IdentifierForm.Whole, IdentifierForm.Whole, IdentifierForm.Whole, FrameForm.Whole,
        TimeForm.Exact, RoundCounts: false, FixedSentences: false, TlpLabel.AmberStrict, ReportBuilder.ValidDays);

    /// <summary>Authorities: whom and when, exactly; instruments only as keys that mean nothing elsewhere.</summary>
    public static SharingProfile Authority { get; } = new(
        "authority", IdentifierForm.Whole, IdentifierForm.Hashed, IdentifierForm.Whole, FrameForm.Whole,
        TimeForm.Exact, RoundCounts: false, FixedSentences: false, TlpLabel.Red, 365);

    /// <summary>A vendor who helps to find it: the beginning of the frame, and no customer.</summary>
    public static SharingProfile Vendor { get; } = new(
        "vendor", IdentifierForm.Hashed, IdentifierForm.Hashed, IdentifierForm.Hashed, FrameForm.Truncated,
        TimeForm.Hour, RoundCounts: false, FixedSentences: true, TlpLabel.AmberStrict, 90);

    /// <summary>Other providers: what lets them find the same, and nothing that tells who it was.</summary>
    public static SharingProfile Partner { get; } = new(
        "partner", IdentifierForm.Hashed, IdentifierForm.Hashed, IdentifierForm.Hashed, FrameForm.LeftOut,
        TimeForm.Hour, RoundCounts: true, FixedSentences: true, TlpLabel.Amber, 60);

    /// <summary>The profiles that are built in.</summary>
    public static ImmutableArray<SharingProfile> BuiltIn { get; } = [Internal, Authority, Vendor, Partner];

    /// <summary>Whether a recipient needs a key.</summary>
    public bool NeedsKey =>
        Accounts == IdentifierForm.Hashed || Keys == IdentifierForm.Hashed || Campaigns == IdentifierForm.Hashed;
}
