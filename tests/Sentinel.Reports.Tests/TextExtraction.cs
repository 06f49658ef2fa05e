using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Sentinel.Reports.Tests;

/// <summary>All text of a written report, as somebody reads it.</summary>
internal static partial class TextExtraction
{
    public static string Of(string format, byte[] bytes) => format switch
    {
        "pdf" or "pdf-letter" => OfPdf(bytes),
        "html" => WebUtility.HtmlDecode(Encoding.UTF8.GetString(bytes)),
        "json" or "stix" or "ocsf" or "ecs" or "hec" => JsonEscape().Replace(
            Encoding.UTF8.GetString(bytes), static escape => ((char)Hex(escape, 1)).ToString()),
        _ => Encoding.UTF8.GetString(bytes),
    };

    // The two fonts were cut to the same characters, so a glyph's number means the same in both.
    private static string OfPdf(byte[] bytes)
    {
        var latin = Encoding.Latin1.GetString(bytes);
        var streams = new List<string>();
        foreach (var (index, _) in latin.Select(static (c, i) => (i, c)).Where(pair =>
            pair.c == 's' && string.CompareOrdinal(latin, pair.i, "stream", 0, 6) == 0 && latin[pair.i - 1] != 'd'))
        {
            streams.Add(Inflate(bytes, index + (latin[index + 6] == '\r' ? 8 : 7)));
        }

        var glyphs = new Dictionary<int, string>();
        foreach (var map in streams.Where(static stream => stream.Contains("beginbf", StringComparison.Ordinal)))
        {
            foreach (Match range in Range().Matches(map))
            {
                glyphs[Hex(range, 1)] = ((char)Hex(range, 2)).ToString();
            }
        }

        Assert.NotEmpty(glyphs);
        var text = new StringBuilder();
        foreach (var stream in streams)
        {
            foreach (Match shown in Shown().Matches(stream))
            {
                var hex = shown.Groups[1].Value;
                for (var i = 0; i + 4 <= hex.Length; i += 4)
                {
                    text.Append(glyphs.GetValueOrDefault(int.Parse(hex.AsSpan(i, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture), "?"));
                }

                text.Append('\n');
            }
        }

        foreach (Match beside in Beside().Matches(latin)) // Title and descriptions.
        {
            text.Append(Encoding.BigEndianUnicode.GetString(Convert.FromHexString(beside.Groups[1].Value))).Append('\n');
        }

        return text.Append(latin).ToString();
    }

    private static string Inflate(byte[] bytes, int start)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(bytes, start, bytes.Length - start), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            zlib.CopyTo(plain);
            return Encoding.Latin1.GetString(plain.ToArray());
        }
        catch (InvalidDataException)
        {
            return ""; // Not compressed: read with the whole.
        }
    }

    private static int Hex(Match match, int group) =>
        int.Parse(match.Groups[group].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"<([0-9A-F]{4})> <([0-9A-F]{4})>\n")]
    private static partial Regex Range();

    [GeneratedRegex(@"<([0-9A-Fa-f]+)>\s*Tj")]
    private static partial Regex Shown();

    [GeneratedRegex("<FEFF([0-9A-F]*)>")]
    private static partial Regex Beside();

    [GeneratedRegex(@"\\u([0-9A-Fa-f]{4})")]
    private static partial Regex JsonEscape();
}
