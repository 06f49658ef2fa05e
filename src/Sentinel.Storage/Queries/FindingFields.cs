using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

// Groups of columns that several queries end in.
internal static class FindingFields
{
    /// <summary>Reads the columns codes, summaries and weights.</summary>
    public static ImmutableArray<Reason> TakeReasons(ref RowBinaryReader reader)
    {
        var codes = reader.TakeTexts();
        var summaries = reader.TakeTexts();
        var weights = reader.TakeArray<double>();
        return [.. codes.Select((code, i) => new Reason(code, summaries[i], weights[i]))];
    }

    /// <summary>Reads the columns kinds, accounts and strengths.</summary>
    public static ImmutableArray<CampaignLink> TakeLinks(ref RowBinaryReader reader)
    {
        var kinds = reader.TakeArray<LinkKind>();
        var accounts = reader.TakeArray<uint>();
        var strengths = reader.TakeArray<double>();
        return [.. kinds.Select((kind, i) => new CampaignLink(kind, (int)accounts[i], strengths[i]))];
    }
}
