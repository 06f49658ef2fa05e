using System.Globalization;

namespace Sentinel.Evaluation.Measures;

/// <summary>
/// So many of so many, with the interval of 95 % confidence of E. Wilson, "Probable Inference, the Law of Succession,
/// and Statistical Inference", JASA 22, 1927: sound for shares near 0 and 1 and for small numbers.
/// </summary>
/// <param name="Hits">How many.</param>
/// <param name="Of">Of how many.</param>
public readonly record struct Share(long Hits, long Of)
{
    private const double Z = 1.959963984540054;

    /// <summary>The share; 0 of nothing.</summary>
    public double Value => Of == 0 ? 0 : Hits / (double)Of;

    /// <summary>Lower end of the interval; 0 of nothing.</summary>
    public double Low => Of == 0 || Hits == 0 ? 0 : Math.Max(0, Centre - HalfWidth);

    /// <summary>Upper end of the interval; 1 of nothing.</summary>
    public double High => Of == 0 || Hits == Of ? 1 : Math.Min(1, Centre + HalfWidth);

    private double Centre => (Value + (Z * Z / (2 * Of))) / (1 + (Z * Z / Of));

    private double HalfWidth =>
        Z / (1 + (Z * Z / Of)) * Math.Sqrt((Value * (1 - Value) / Of) + (Z * Z / (4.0 * Of * Of)));

    /// <summary>Both together.</summary>
    public Share Plus(Share other) => new(Hits + other.Hits, Of + other.Of);

    /// <summary>For people: percent, with the interval.</summary>
    public string Describe() => Of == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{Percent(Value)} % ({Percent(Low)}-{Percent(High)})");

    /// <summary>A share as percent with as many digits as say something.</summary>
    public static string Percent(double share)
    {
        var percent = share * 100;
        var format = percent is 0 or 100 ? "0" : percent is < 1 or > 99 ? "0.00" : "0.0";
        return percent.ToString(format, CultureInfo.InvariantCulture);
    }
}
