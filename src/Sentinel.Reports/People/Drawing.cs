using System.Collections.Immutable;

namespace Sentinel.Reports.People;

/// <summary>What a picture is made of; coordinates in points from its upper left corner.</summary>
internal abstract record Shape
{
    private Shape()
    {
    }

    /// <summary>A filled rectangle.</summary>
    public sealed record Bar(double X, double Y, double Width, double Height, string Color) : Shape;

    /// <summary>A filled circle.</summary>
    public sealed record Dot(double X, double Y, double Radius, string Color) : Shape;

    /// <summary>A line.</summary>
    public sealed record Stroke(double X1, double Y1, double X2, double Y2, string Color, double Width) : Shape;

    /// <summary>A text on its base line; never wider than <paramref name="WidthMax"/>.</summary>
    public sealed record Label(
        double X, double Y, string Text, double Size, string Color, TextSide Side, bool IsBold, double WidthMax) : Shape;
}

/// <summary>Where a text's point is.</summary>
internal enum TextSide
{
    /// <summary>At its beginning.</summary>
    Start,

    /// <summary>In its middle.</summary>
    Middle,

    /// <summary>At its end.</summary>
    End,
}

/// <summary>A picture, and what it shows for those who cannot see it.</summary>
internal sealed record Drawing(double Width, double Height, string Description, ImmutableArray<Shape> Shapes);

/// <summary>Colours of reports; dark enough on white to be read in print.</summary>
internal static class Ink
{
    public const string Navy = "#12263f";
    public const string Blue = "#2f6690";
    public const string Light = "#8fb3cf";
    public const string Pale = "#eef3f7";
    public const string Line = "#c6d2dc";
    public const string Text = "#1c2733";
    public const string Grey = "#5a6875";
    public const string Red = "#b3312c";
    public const string Amber = "#b8730d";
    public const string White = "#ffffff";
}
