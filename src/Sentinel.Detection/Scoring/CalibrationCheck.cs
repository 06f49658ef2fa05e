using System.Collections.Immutable;

namespace Sentinel.Detection.Scoring;

/// <summary>What was promised of a share of innocent traffic.</summary>
public enum CalibrationPromise : byte
{
    /// <summary>At most this: the classifier's reference, made of the worst innocents. To stay below it is no fault.</summary>
    AtMost,

    /// <summary>This, as on the days before: a reference of the deployment's own traffic, to be met.</summary>
    AsBefore,
}

/// <summary>Promised against realised share of innocent-looking traffic that scores high.</summary>
/// <param name="Promise">What was promised.</param>
/// <param name="OneIn">One in so many was to score at least as high.</param>
/// <param name="Accounts">Accounts that it was measured on: all that were never flagged.</param>
/// <param name="Promised">Share that was promised.</param>
/// <param name="Realised">Share of an account's exchanges, on the mean over accounts.</param>
/// <param name="Error">Standard error of their difference if the promise is kept; never too small.</param>
public readonly record struct CalibrationShare(
    CalibrationPromise Promise, int OneIn, long Accounts, double Promised, double Realised, double Error)
{
    /// <summary>Share of the promise by which the two may part.</summary>
    public const double PartMax = 0.25;

    // Two of these are looked at each day, and nobody is to be called for chance more than once in some months.
    private const double ErrorsMin = 3;

    private const int AccountsMin = 30;

    /// <summary>Realised over promised.</summary>
    public double Ratio => Realised / Promised;

    /// <summary>Whether they lie within a quarter of each other; what was promised at most may lie as low as it likes.</summary>
    public bool IsKept => Difference <= PartMax * Promised;

    /// <summary>Whether they part by more than a quarter, and by more than chance explains.</summary>
    public bool Parts => Accounts >= AccountsMin && !IsKept && Difference > ErrorsMin * Error;

    private double Difference => Promise == CalibrationPromise.AtMost ? Realised - Promised : Math.Abs(Realised - Promised);
}

/// <summary>Holds what scores came to against what was promised of them. Pure.</summary>
/// <remarks>
/// An account's share of high scores lies between 0 and 1, so that its variance is at most p (1 - p): errors are told from the
/// promise alone, and are rather too large than too small.
/// </remarks>
public static class CalibrationCheck
{
    /// <summary>Days before a day of which what they had is promised.</summary>
    public const int DaysBefore = 7;

    /// <summary>Fewer days before say too little.</summary>
    public const int DaysBeforeMin = 3;

    /// <summary>Shares that the classifier's reference promises at most: one in ten and one in a hundred.</summary>
    public static ImmutableArray<int> AtMostOneIn { get; } = [10, 100];

    /// <summary>Shares that are to be as before: half, and the same two.</summary>
    public static ImmutableArray<int> AsBeforeOneIn { get; } = [2, 10, 100];

    /// <summary>A day against the classifier's reference; false where that promises nothing for so small a share.</summary>
    /// <param name="reference">What innocent content scores at most.</param>
    /// <param name="day">The day.</param>
    /// <param name="oneIn">One in so many.</param>
    /// <param name="share">What came of it.</param>
    public static bool TryAtMost(BenignReference reference, ScoreSpread day, int oneIn, out CalibrationShare share)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(day);
        for (var i = 0; i < reference.Thresholds.Length; i++)
        {
            // The lowest score that so few of innocent content reach; its tail share is what is promised, which may be less.
            if (reference.TailShares[i] <= 1.0 / oneIn)
            {
                var promised = reference.TailShares[i];
                share = new CalibrationShare(
                    CalibrationPromise.AtMost, oneIn, day.Accounts, promised, day.ShareAtLeast(reference.Thresholds[i]),
                    Math.Sqrt(promised * (1 - promised) / day.Accounts));
                return promised > 0;
            }
        }

        share = default;
        return false;
    }

    /// <summary>
    /// A day against the days before: the score that one in so many reached then is to be reached by as many now. False while
    /// there are fewer than <see cref="DaysBeforeMin"/>, or where too many exchanges have one score.
    /// </summary>
    /// <param name="before">The days before, at most <see cref="DaysBefore"/>.</param>
    /// <param name="day">The day.</param>
    /// <param name="oneIn">One in so many.</param>
    /// <param name="share">What came of it.</param>
    public static bool TryAsBefore(
        IReadOnlyCollection<ScoreSpread> before, ScoreSpread day, int oneIn, out CalibrationShare share)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(day);
        share = default;
        if (before.Count < DaysBeforeMin)
        {
            return false;
        }

        var known = ScoreSpread.Sum(before);
        if (!known.TryScoreOf(1.0 / oneIn, out var steps) || known.ShareAtLeast(steps) is not (> 0 and var promised))
        {
            return false;
        }

        // Accounts come again day by day: the days before tell of no more than there are on one of them.
        var accountsBefore = known.Accounts / (double)before.Count;
        share = new CalibrationShare(
            CalibrationPromise.AsBefore, oneIn, day.Accounts, promised, day.ShareAtLeast(steps),
            Math.Sqrt(promised * (1 - promised) * ((1.0 / day.Accounts) + (1 / accountsBefore))));
        return true;
    }
}
