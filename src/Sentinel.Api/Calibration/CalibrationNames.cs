using Sentinel.Detection.Scoring;

namespace Sentinel.Api.Calibration;

/// <summary>What promises are called in answers, metrics and logs.</summary>
internal static class CalibrationNames
{
    /// <summary>The name of a promise.</summary>
    public static string Of(CalibrationPromise promise) => promise switch
    {
        CalibrationPromise.AtMost => "at_most",
        CalibrationPromise.AsBefore => "as_before",
        _ => throw new ArgumentOutOfRangeException(nameof(promise), promise, "No such promise."),
    };
}
