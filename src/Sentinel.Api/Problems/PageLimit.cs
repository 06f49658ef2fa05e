using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Sentinel.Api.Problems;

/// <summary>How many rows an answer may have: what every list that takes a limit says of it. Thread-safe.</summary>
internal static class PageLimit
{
    /// <summary>The rows that were asked for.</summary>
    /// <param name="asked">What was asked for; null for the usual number.</param>
    /// <param name="usual">As many as are given to who asks for none, or the most that may be, if that is fewer.</param>
    /// <param name="rowsMax">The most that may be.</param>
    /// <param name="rows">1 to <paramref name="rowsMax"/>.</param>
    /// <param name="wrong">What is wrong with it: <c>bad_limit</c>.</param>
    public static bool TryTake(
        int? asked, int usual, int rowsMax, out int rows, [NotNullWhen(false)] out ProblemHttpResult? wrong)
    {
        rows = asked ?? Math.Min(usual, rowsMax);
        wrong = FaultOf(rows, rowsMax) is { } fault ? ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_limit", fault) : null;
        return wrong is null;
    }

    /// <summary>What is wrong with a number of rows, or null.</summary>
    public static string? FaultOf(int rows, int rowsMax) => rows >= 1 && rows <= rowsMax
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"limit is a number from 1 to {rowsMax}.");
}
