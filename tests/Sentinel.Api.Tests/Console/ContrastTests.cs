using System.Globalization;
using System.Text.RegularExpressions;
using Sentinel.Api.Console;

namespace Sentinel.Api.Tests.Console;

/// <summary>What is written can be read, in both themes: WCAG 2.2 contrast of the style sheet's own colours.</summary>
public sealed partial class ContrastTests
{
    private const double TextMin = 4.5;
    private const double GraphicMin = 3;

    // Text that inherits its colour or its ground, so that no rule has both.
    private static readonly string[] Texts =
    [
        "text/ground", "text/panel", "text/sunk", "text/accent-soft", "text/mark", "soft/ground", "soft/panel", "soft/sunk",
        "soft/accent-soft", "accent/ground", "accent/panel", "accent/sunk", "accent/accent-soft", "accent-ink/accent",
    ];

    private static readonly string[] Graphics =
    [
        "accent/panel", "accent/ground", "bad/panel", "warn/panel", "good/panel", "edge/panel", "edge/ground", "bad/sunk", "warn/sunk",
        "s0/sunk", "s4/sunk", .. Enumerable.Range(0, 9).Select(static i => $"s{i}/panel"),
    ];

    public static TheoryData<string> Themes => ["light", "dark"];

    [Theory]
    [MemberData(nameof(Themes))]
    public void TextAndGraphics_StandOutFromTheirGround(string theme)
    {
        var sheet = Sheet();
        var colours = ColoursOf(sheet, theme);
        var inRules = PairsOf(sheet);
        Assert.True(inRules.Length > 8, "Rules with both colours were not found.");
        foreach (var (pairs, least) in new[] { (Texts.Concat(inRules), TextMin), (Graphics, GraphicMin) })
        {
            foreach (var pair in pairs)
            {
                var (front, back) = (pair.Split('/')[0], pair.Split('/')[1]);
                var ratio = Ratio(colours[front], colours[back]);
                Assert.True(ratio >= least, string.Create(CultureInfo.InvariantCulture, $"{theme}: {pair} is {ratio:0.00}, not {least}."));
            }
        }
    }

    [Fact]
    public void Dark_IsTheSameWhetherChosenOrTheSystems()
    {
        var blocks = Blocks().Matches(Sheet()).Where(static block => block.Groups[1].Value.Contains("data-theme", StringComparison.Ordinal))
            .Select(static block => string.Join(';', Variables().Matches(block.Groups[2].Value).Select(static one => one.Value))).ToArray();
        Assert.Equal(2, blocks.Length);
        Assert.Equal(blocks[0], blocks[1]);
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    public void Ratio_IsThatOfTheGuidelines(string front, string back, double expected) =>
        Assert.Equal(expected, Ratio(front, back), 2);

    private static string Sheet()
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream("console/console.css")!;
        using var reader = new StreamReader(stream);
        return Comments().Replace(reader.ReadToEnd(), "");
    }

    private static Dictionary<string, string> ColoursOf(string sheet, string theme)
    {
        var colours = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match block in Blocks().Matches(sheet))
        {
            var name = block.Groups[1].Value.Trim();
            if (name == ":root" || (theme == "dark" && name.Contains("\"dark\"", StringComparison.Ordinal)))
            {
                foreach (Match one in Variables().Matches(block.Groups[2].Value))
                {
                    colours[one.Groups[1].Value] = one.Groups[2].Value;
                }
            }
        }

        return colours;
    }

    // color and background of one and the same rule.
    private static string[] PairsOf(string sheet) =>
    [
        .. Blocks().Matches(sheet).Select(static block => block.Groups[2].Value)
            .Select(static body => (Front: Front().Match(body), Back: Back().Match(body)))
            .Where(static pair => pair.Front.Success && pair.Back.Success)
            .Select(static pair => $"{pair.Front.Groups[1].Value}/{pair.Back.Groups[1].Value}").Distinct(),
    ];

    private static double Ratio(string front, string back)
    {
        var (one, other) = (Luminance(front), Luminance(back));
        return (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            var share = int.Parse(colour.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 255.0;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"([^{}]+)\{([^{}]*)\}")]
    private static partial Regex Blocks();

    [GeneratedRegex(@"--([\w-]+): (#[0-9a-f]{6})")]
    private static partial Regex Variables();

    [GeneratedRegex(@"(?:^|[;\s])color: var\(--([\w-]+)\)")]
    private static partial Regex Front();

    [GeneratedRegex(@"background: var\(--([\w-]+)\)")]
    private static partial Regex Back();
}
