using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>
/// One page of members, riskiest first. A page begins after a member, not at a number, so that it stays the same page while
/// members come and go.
/// </summary>
/// <param name="Members">The page.</param>
/// <param name="Before">How many come before it.</param>
/// <param name="Next">Where the next page begins, or empty.</param>
internal sealed record MemberPage(ImmutableArray<CampaignMember> Members, int Before, string Next)
{
    /// <summary>The page after a place; the first for a text that names none.</summary>
    public static MemberPage Of(ImmutableArray<CampaignMember> members, string? after, int rowsMax)
    {
        var ordered = members.Sort(Compare);
        var from = 0;
        if (TryParse(after, out var place))
        {
            var found = ordered.BinarySearch(place, Comparer<CampaignMember>.Create(Compare));
            from = found >= 0 ? found + 1 : ~found;
        }

        ImmutableArray<CampaignMember> shown = [.. ordered.AsSpan(from, Math.Min(rowsMax, ordered.Length - from))];
        return new MemberPage(shown, from, from + shown.Length < ordered.Length ? TextOf(shown[^1]) : "");
    }

    private static int Compare(CampaignMember one, CampaignMember other)
    {
        var byRisk = other.Risk.CompareTo(one.Risk);
        return byRisk != 0 ? byRisk : string.CompareOrdinal(one.AccountId, other.AccountId);
    }

    private static string TextOf(CampaignMember member) =>
        string.Create(CultureInfo.InvariantCulture, $"{member.Risk:R}:{member.AccountId}");

    private static bool TryParse(string? text, out CampaignMember place)
    {
        place = new CampaignMember("", default, 0);
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !double.TryParse(
            text.AsSpan(0, colon), NumberStyles.Float, CultureInfo.InvariantCulture, out var risk) || !double.IsFinite(risk))
        {
            return false;
        }

        place = new CampaignMember(text![(colon + 1)..], default, risk);
        return true;
    }
}
