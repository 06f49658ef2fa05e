using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Tests.Readings;

public sealed class SenseLexiconTests
{
    private const int EntriesMin = 1_500;

    public static TheoryData<string> Languages =>
        ["en", "zh", "es", "fr", "de", "ru", "ja", "ko", "pt", "ar", "hi", "vi"];

    [Theory]
    [MemberData(nameof(Languages))]
    public void File_EveryLanguage_HoldsTheSameSensesInOrder(string language)
    {
        var senses = LinesOf("en").Select(static line => line[0]);
        var lines = LinesOf(language);
        Assert.Equal(senses, lines.Select(static line => line[0]));
        var entries = lines.SelectMany(static line => line[1..]).ToList();
        Assert.InRange(entries.Count, EntriesMin, 12 * lines.Count);
        Assert.All(entries, static entry =>
        {
            Assert.NotEmpty(entry);
            Assert.InRange(entry.Split('_').Length, 1, 2);
            Assert.True(entry.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == entry.Length - 1));
            Assert.Equal(entry.Normalize(NormalizationForm.FormC), entry);
        });
    }

    [Theory]
    [InlineData("rate", "evaluated")]
    [InlineData("translate", "übersetze")]
    [InlineData("pupil", "ученик")]
    [InlineData("invoice", "facture")]
    [InlineData("explain", "explica")]
    [InlineData("explain", "explique")]
    [InlineData("summary", "요약")]
    [InlineData("article", "文章")]
    [InlineData("question", "سؤال")]
    [InlineData("question", "प्रश्न")]
    [InlineData("data", "dữ liệu")]
    public void Of_SameThingInOtherWords_IsOneSense(string first, string second) =>
        Assert.Contains(SensesOf(first)[^1], SensesOf(second));

    [Fact]
    public void Of_WordOfNoSense_IsNone() => Assert.Equal([LexiconTable.None], SensesOf("zyzzyva"));

    private static List<string[]> LinesOf(string language)
    {
        var lines = new List<string[]>();
        using var stream = typeof(SenseLexicon).Assembly.GetManifestResourceStream($"Senses/{language}.txt");
        using var reader = new StreamReader(stream!, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line.Split(' '));
        }

        return lines;
    }

    private static List<int> SensesOf(string text)
    {
        var tokenizer = new Tokenizer();
        var bytes = Encoding.UTF8.GetBytes(text);
        _ = tokenizer.Read(bytes, new TextSegment(SegmentRole.User, 0, bytes.Length), bytes.Length);
        var (senses, previous) = (new List<int>(), 0UL);
        foreach (ref readonly var token in tokenizer.Tokens)
        {
            senses.Add(SenseLexicon.Of(token, previous));
            previous = token.Hash;
        }

        return senses;
    }
}
