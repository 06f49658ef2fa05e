using System.Globalization;
using Sentinel.Api.Console.Drawing;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Links;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what the results of a search show. Pure.</summary>
internal static class SearchViews
{
    /// <summary>Accounts of one key that are listed.</summary>
    public const int UsersMax = 200;

    /// <summary>The view.</summary>
    public static SearchView Of(string text, KeySearch found, DateTimeOffset now) => new(
        text,
        "",
        found.IsAccount,
        found.Cases.FirstOrDefault(one => one.Kind == CaseKind.Campaign && one.Subject == text)?.Subject ?? "",
        [
            .. found.Cases.Select(one => new RelatedView(
                one.Id, one.Facts.Headline,
                one.TakenOverBy is { } heir ? $"part of {heir}"
                    : one.Ruling is { } ruling ? AccountGraph.Spaced(CaseWords.Of(ruling)) : CaseWords.Of(one.StageAt(now)))),
        ],
        [
            .. found.Groups.Select(static group => new KeyGroupView(
                AccountGraph.Spaced(LinkKinds.Names[(int)group.Kind]),
                group.Key.ToString("x16", CultureInfo.InvariantCulture),
                group.Accounts,
                [.. group.Users.Take(UsersMax).Select(static user => new KeyUserView(user.AccountId, user.FirstUsedAt))])),
        ]);
}
