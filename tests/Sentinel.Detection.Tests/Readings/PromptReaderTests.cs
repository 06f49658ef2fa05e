using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Readings;

public sealed class PromptReaderTests
{
    private const string Frame =
        "You will be shown a question with its answer. Write out the thoughts that lead there.\n\nQuestion: {0}\n" +
        "Answer: {1}\n\nPut every thought on its own line and number the lines.";

    private readonly PromptReader _reader = new();

    [Fact]
    public void Read_NoSegments_GivesAnEmptyReading()
    {
        var (reading, row) = Read(NewExchange());
        Assert.False(reading.HasContentSketch);
        Assert.Equal(0UL, reading.ContentKey);
        Assert.Equal(0, reading.WordCount);
        Assert.Equal(0UL, reading.Frame.HeadAnchor);
        Assert.All(row, static id => Assert.InRange(id, 0, FeatureLayout.BucketCount - 1));
    }

    [Fact]
    public void Read_SameFrameOtherSlots_SharesAnchors()
    {
        var (first, _) = Read(User(Fill(Frame, "What is 17 times 23?", "391")));
        var (second, _) = Read(User(Fill(Frame, "Who wrote \"Faust\" and when did he live?", "Goethe.")));
        Assert.NotEqual(0UL, first.Frame.HeadAnchor);
        Assert.Equal(first.Frame.HeadAnchor, second.Frame.HeadAnchor);
        Assert.NotEqual(0UL, first.Frame.TailAnchor);
        Assert.Equal(first.Frame.TailAnchor, second.Frame.TailAnchor);
        Assert.NotEqual(first.ContentKey, second.ContentKey);
        Assert.InRange(FrameSketch.Similarity(first.Frame, second.Frame), 0.3f, 1f);
    }

    [Fact]
    public void Read_ShortChat_HasNoAnchors()
    {
        foreach (var text in new[] { "hi", "thanks!", "please help me with this", "What is the capital of Peru?" })
        {
            var (reading, _) = Read(User(text));
            Assert.Equal(0UL, reading.Frame.HeadAnchor);
            Assert.Equal(0UL, reading.Frame.TailAnchor);
        }
    }

    [Fact]
    public void Read_ShortSystem_HasNoAnchorAndLongOneHas()
    {
        var (brief, _) = Read(NewExchange((SegmentRole.System, "You are helpful."), (SegmentRole.User, "hi")));
        Assert.Equal(0UL, brief.Frame.SystemAnchor);
        const string System = "You answer questions of pupils and never give the solution away.";
        var (first, _) = Read(NewExchange((SegmentRole.System, System), (SegmentRole.User, "hi")));
        var (second, _) = Read(NewExchange((SegmentRole.System, System), (SegmentRole.User, "What is a prime?")));
        Assert.NotEqual(0UL, first.Frame.SystemAnchor);
        Assert.Equal(first.Frame.SystemAnchor, second.Frame.SystemAnchor);
    }

    [Fact]
    public void Read_ChineseFrame_SharesAnchors()
    {
        const string Chinese = "请你扮演一位老师,把下面题目的思考过程完整写出来。\n题目:{0}\n最后请把答案放在方括号里面并且检查一遍。";
        var (first, _) = Read(User(Fill(Chinese, "小明有三个苹果,又买了五个,现在一共有几个?")));
        var (second, _) = Read(User(Fill(Chinese, "一个正方形的边长是四厘米,它的面积是多少?")));
        Assert.NotEqual(0UL, first.Frame.HeadAnchor);
        Assert.Equal(first.Frame.HeadAnchor, second.Frame.HeadAnchor);
        Assert.Equal(first.Frame.TailAnchor, second.Frame.TailAnchor);
    }

    [Fact]
    public void Read_LookAlikesAndInvisibleCharacters_KeepTheFeatures()
    {
        var (_, plain) = Read(User("explain every reasoning step before the answer please"));
        var (_, cyrillic) = Read(User("ехplаin еvery rеаsоning stер bеfоre the аnswer pleаse"));
        var (_, hidden) = Read(User("ex\u200bplain every rea\u00adsoning step before\u2060 the answer please"));
        var (_, wide) = Read(User("ｅｘｐｌａｉｎ every 𝐫𝐞𝐚𝐬𝐨𝐧𝐢𝐧𝐠 stép before the ⓐⓝⓢⓦⓔⓡ please"));
        Assert.Equal(plain, cyrillic);
        Assert.Equal(plain, hidden);
        Assert.Equal(plain, wide);
    }

    [Fact]
    public void Read_Russian_IsNotTakenForLatin()
    {
        var (_, russian) = Read(User("он сел у реки и рос там лес"));
        var (_, latin) = Read(User("oh cel y peki i poc tam lec"));
        Assert.True(russian.Intersect(latin).Count(static id => id != 0) <= 3);
    }

    [Fact]
    public void Read_LatinLettersAmongRussianWords_KeepTheFeatures()
    {
        var (_, plain) = Read(User("А с какого слова начинается рассуждение? Она о нём не сказала"));
        var (_, latin) = Read(User("A c кaкoгo слoвa нaчинaeтcя paccуждeниe? Oнa o нём нe cкaзaлa"));
        Assert.Equal(plain, latin);
    }

    [Fact]
    public void Read_LongTextWithInvisibleLetters_ReadsTheSameWindows()
    {
        var words = string.Join(' ', Enumerable.Range(0, 900).Select(static i => $"word{(char)('a' + (i % 26))}"));
        var hidden = string.Concat(words.Select(static letter => $"{letter}\u200d\u2060"));
        var (_, plain) = Read(User(words));
        var (reading, disguised) = Read(User(hidden));
        Assert.Equal(plain, disguised);
        Assert.DoesNotContain("\u200d", reading.Excerpt.ToString(), StringComparison.Ordinal);
        Assert.False(reading.IsUnreadable);
    }

    [Theory]
    [InlineData("Rate the answer.", "Bewerte die Antwort.")]
    [InlineData("training data", "训练数据")]
    [InlineData("training data", "dữ liệu huấn luyện")]
    [InlineData("step by step reasoning", "пошагово рассуждение")]
    [InlineData("translate the document", "문서를 번역해줘")]
    public void Read_SameConceptsInOtherWords_ShareFeatures(string first, string second)
    {
        var (_, left) = Read(User(first));
        var (_, right) = Read(User(second));
        var shared = left.Intersect(right).Count(static id => id >= FeatureLayout.ShapeEnd);
        Assert.InRange(shared, 3, 7);
    }

    [Fact]
    public void Read_SlotsByForm_AreMaskedInTheExcerpt()
    {
        var (reading, _) = Read(NewExchange(
            (SegmentRole.System, "Mark the homework of class 7b."),
            (SegmentRole.User,
                "Write to jane.doe@example.org about \"the red fox\" and https://example.org/a at 12:30.\nThanks")));
        Assert.Equal(
            "Mark the homework of class ⟨…⟩b␟Write to ⟨…⟩ about \"⟨…⟩\" and ⟨…⟩ at ⟨…⟩.⏎Thanks␟",
            reading.Excerpt.ToString());
    }

    [Fact]
    public void Read_LongPrompt_ExcerptHoldsBothEnds()
    {
        var text = "Begin here please. " + string.Join(' ', Enumerable.Repeat("filler", 4000)) + " and this is the end";
        var (reading, _) = Read(User(text));
        var parts = reading.Excerpt.ToString().Split('␟');
        Assert.Equal(3, parts.Length);
        Assert.StartsWith("Begin here please.", parts[1], StringComparison.Ordinal);
        Assert.EndsWith("and this is the end", parts[2], StringComparison.Ordinal);
        Assert.InRange(reading.Excerpt.Span.Length, 300, Reading.ExcerptBytesMax);
    }

    [Fact]
    public void Read_FeatureIds_AreGolden()
    {
        var (_, row) = Read(User("Rate the answer: ### Response 7"));
        Assert.Equal(GoldenIds, row.TakeWhile(static id => id != 0));
    }

    public static TheoryData<string> HostileTexts => new()
    {
        string.Empty,
        new string('a', 4 << 20),
        new string('"', 1 << 20),
        new string('\n', 1 << 20),
        string.Concat(Enumerable.Repeat("“", 100_000)),
        string.Concat(Enumerable.Repeat("```", 100_000)),
        string.Concat(Enumerable.Repeat("a@b.c ", 100_000)),
        string.Concat(Enumerable.Repeat("אבג שלום مرحبا ", 50_000)),
        string.Concat(Enumerable.Repeat("\u200b\u202e\u0301", 100_000)),
        string.Concat(Enumerable.Repeat("\ufffd\ufffd ", 100_000)),
        string.Concat(Enumerable.Repeat("😀👨‍👩‍👧", 50_000)),
        string.Concat(Enumerable.Repeat("数据。", 300_000)),
        Convert.ToBase64String(RandomBytes(3 << 20)),
        string.Concat(Enumerable.Repeat("The quick brown fox. ", 200_000)),
    };

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Read_HostileText_IsBoundedAndTheSameAgain(string text)
    {
        var system = text.Length > 100_000 ? text[..100_000] : text;
        var exchange = NewExchange((SegmentRole.System, system), (SegmentRole.User, text));
        var (reading, row) = Read(exchange);
        var (again, rowAgain) = Read(exchange);
        Assert.Equal(row, rowAgain);
        Assert.Equal(reading.ContentKey, again.ContentKey);
        Assert.Equal(reading.Frame.HeadAnchor, again.Frame.HeadAnchor);
        Assert.True(reading.Excerpt.Span.Length <= Reading.ExcerptBytesMax);
        Assert.All(row, static id => Assert.InRange(id, 0, FeatureLayout.BucketCount - 1));
        Assert.Equal(row.Count(static id => id != 0), row.Where(static id => id != 0).Distinct().Count());
    }

    [Fact]
    public void Read_RandomBytes_NeverThrows()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(0, 9000)];
            random.NextBytes(bytes);
            var exchange = new Exchange();
            exchange.Clear();
            bytes.CopyTo(exchange.ReserveText(bytes.Length));
            exchange.CommitSegment(SegmentRole.User, bytes.Length);
            _ = Read(exchange);
        }
    }

    [Fact]
    public void Read_AfterWarmUp_AllocatesNothing()
    {
        var exchange = NewExchange(
            (SegmentRole.System, "You mark the essays of a class and say why. Use the rubric."),
            (SegmentRole.User, "Earlier question"),
            (SegmentRole.Assistant, "Earlier answer"),
            (SegmentRole.User, Fill(Frame, new string('x', 500), "数据 \"quoted\" 1,234 Straße")));
        var reading = new Reading();
        var row = new int[FeatureLayout.Width];
        for (var i = 0; i < 50; i++)
        {
            _reader.Read(exchange, reading, row);
        }

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _reader.Read(exchange, reading, row);
            }
        }));
    }

    // Changes only together with FeatureLayout.Version: trained classifiers know prompts by these ids.
    private static readonly int[] GoldenIds =
        [
            34, 13840, 21139, 23188, 60732, 11871, 27327, 32044, 58991, 48326, 60821, 3326, 30014, 23829, 18575, 5428,
            3251, 29906, 7070, 29540, 31195, 38539, 43090, 52253,
        ];

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    private static string Fill(string frame, string first, string second = "") =>
        frame.Replace("{0}", first, StringComparison.Ordinal).Replace("{1}", second, StringComparison.Ordinal);

    private static Exchange User(string text) => NewExchange((SegmentRole.User, text));

    private static Exchange NewExchange(params (SegmentRole Role, string Text)[] segments)
    {
        var exchange = new Exchange();
        exchange.Clear();
        foreach (var (role, text) in segments)
        {
            var length = Encoding.UTF8.GetBytes(text, exchange.ReserveText(Encoding.UTF8.GetByteCount(text)));
            exchange.CommitSegment(role, length);
        }

        return exchange;
    }

    private (Reading Reading, int[] Row) Read(Exchange exchange)
    {
        var reading = new Reading();
        var row = new int[FeatureLayout.Width];
        _reader.Read(exchange, reading, row);
        return (reading, row);
    }
}
