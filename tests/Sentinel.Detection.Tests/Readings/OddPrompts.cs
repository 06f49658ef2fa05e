using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Readings;

/// <summary>Prompts of every shape that reading has a rule for, drawn from a seed: the same in every run.</summary>
internal static class OddPrompts
{
    /// <summary>Kinds of text.</summary>
    public const int KindCount = 8;

    private static readonly string[] Plain = (
        "you are a helpful assistant rate the answer from one to "
        + "ten and write out every step of the reasoning that leads ")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static readonly string[] Languages = (
        "Bewerte die Antwort schrittweise Überlegung Straße ÄÖÜ "
        + "réfléchis pensée étape œuvre où puntúa razonamiento ñandú "
        + "raciocínio avaliação рассуждение оцени ответ пошагово ёлка Это "
        + "تفكير تقييم الإجابة مُحَمَّد كتـــاب तर्क मूल्यांकन करें "
        + "suy luận chấm điểm từng bước ĐÁNH GIÁ 추론 평가해줘 단계별로 한국어 推理过程 请逐步 写出 评分标准 推論 してください カタカナ ｶﾀｶﾅ "
        + "ภาษาไทย กรุณา ລາວ မြန်မာ ខ្មែរ ქართული Հայերեն ελληνικά λόγος "
        + "Σίσυφος עברית שָׁלוֹם İstanbul ıŞIK ſtrange ǅ ﬁne 𐐀𐐁 𝐫𝐞𝐚𝐬𝐨𝐧 "
        + "ｅｘｐｌａｉｎ ⓐⓝⓢ ⅷ 數據 データ㎏ ㄱㄴㄷ 〆 ㈱ 㐀 𠀀𠮷 𝟘𝟙 ٣٤٥ १२३ 😀👩‍👩‍👧 e\u0301tude A\u030A \ufeff\ufffd")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static readonly string[] Disguised = (
        "ехplаin еvery rеаsоning стер аnswer pleаse вот сад "
        + "оса ехо соре rea\u00adson\u200bing st\u2060ep ре\u200dа don't DON’T it's "
        + "o'clock 'quoted' l’été rock'n'roll ’tis a' ''b x'Ω аnswer's РАС ОСА НЕТ KAT тест")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static readonly string[] Marked =
    [
        "1.", "2)", "- item", "* star", "3.14", "1,234.5", "12:30", "0x1F", "v2.1.3", "no1", "4th",
        "http://a.example/x?y=1",
        "https://example.org/a(b)c", "www.example.com", "www", "HTTPS://X.Y", "http", "jane.doe@example.org",
        "a_b-c+d@mail.co", "@handle", "x@", "@@", "\"quoted words\"", "\"name\":", "“curly quotes”",
        "«guillemets»", "「鉤括弧」",
        "『二重』", "`code`", "``", "```python\nprint(1)\n```", "```", "{", "}", "[", "]", "{\"key\":", "<tag>",
        "</tag>", "<|x|>",
        "#Heading", "# Heading", "\\boxed{", "(paren)", "[bracket]", "end.", "end!", "end?", "semi;",
        "colon:", "。", "！", "？", "：",
        "；", "।", "؟", "۔", "…", "–", "—", "•", "★", "\"", "“", "«", "\n", "\n\n", "\r\n", "\t", "\u00a0",
        "\u3000", "\u2028",
        "\0", "\u0007", "\u007f", "\u0085", "\u180e", "\u200b",
    ];

    private static readonly string[] Spaces =
        [" ", " ", " ", " ", " ", " ", "\n", "", "  ", ", ", ". ", "\n- ", "\n1. ", ": "];

    /// <summary>One prompt. Its text may not be UTF-8: reading must bear that.</summary>
    public static void Fill(Exchange exchange, int kind, int number)
    {
        var random = new Random((kind * 100_003) + number);
        exchange.Clear();
        exchange.SampleCount = random.Next(-1, 12);
        exchange.Logprobs = random.Next(3) == 0;
        exchange.ToolCount = random.Next(3);
        var turns = random.Next(4) == 0 ? random.Next(2, 14) : 1;
        if (random.Next(2) == 0)
        {
            Add(exchange, SegmentRole.System, TextOf(random, kind));
        }

        for (var i = 0; i < turns; i++)
        {
            var role = turns == 1 ? SegmentRole.User : (SegmentRole)random.Next(5);
            Add(exchange, random.Next(30) == 0 ? (SegmentRole)random.Next(5) : role, TextOf(random, kind));
        }
    }

    private static byte[] TextOf(Random random, int kind)
    {
        if (random.Next(40) == 0)
        {
            return [];
        }

        // Mostly short, at times beyond what is read whole.
        var length = random.Next(5) switch { 0 => random.Next(20), 1 => random.Next(9000), _ => random.Next(900) };
        return kind switch
        {
            0 => Words(random, length, Plain),
            1 => Words(random, length, Languages),
            2 => Words(random, length, Plain, Languages, Disguised, Marked),
            3 => Words(random, length, Plain, Marked),
            4 => Words(random, length, Disguised),
            5 => CodePoints(random, length),
            6 => RandomBytes(random, length),
            _ => Broken(random, Words(random, length, Plain, Languages, Marked)),
        };
    }

    private static byte[] Words(Random random, int length, params string[][] sources)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            var source = sources[random.Next(sources.Length)];
            var word = source[random.Next(source.Length)];
            word = random.Next(12) switch
            {
                0 => word.ToUpperInvariant(),
                1 => word + source[random.Next(source.Length)],
                2 when word.Length < 12 => string.Concat(Enumerable.Repeat(word, random.Next(1, 9))),
                _ => word,
            };
            text.Append(word).Append(Spaces[random.Next(Spaces.Length)]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] CodePoints(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            int[] limits = [0x80, 0x600, 0x3000, 0x10000, 0x30000, 0x110000];
            var limit = limits[random.Next(6)];
            if (Rune.TryCreate(random.Next(limit), out var rune))
            {
                text.Append(rune.ToString());
            }

            text.Append(random.Next(6) == 0 ? " " : "");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Broken(Random random, byte[] text)
    {
        for (var i = text.Length / 60; i >= 0 && text.Length > 0; i--)
        {
            text[random.Next(text.Length)] = (byte)random.Next(256);
        }

        return text;
    }

    private static void Add(Exchange exchange, SegmentRole role, byte[] text)
    {
        text.CopyTo(exchange.ReserveText(text.Length));
        if (role == SegmentRole.System && exchange.SegmentCount == 0)
        {
            exchange.CommitSystem(text.Length);
            return;
        }

        exchange.CommitSegment(role, text.Length);
    }
}
