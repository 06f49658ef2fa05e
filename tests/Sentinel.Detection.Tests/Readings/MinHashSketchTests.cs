using System.Text;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Tests.Readings;

public sealed class MinHashSketchTests
{
    public static TheoryData<string, uint[], uint> Vectors => new()
    {
        { "One  Two", [2663651610, 2643670045, 761729368, 4215103358], 1670856267 },
        {
            "The quick brown fox jumps over the lazy dog",
            [900477327, 498090828, 503961392, 906613373],
            212064614
        },
        {
            "Stra\u00dfe \u00c9COLE \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u6570\u636e \u0430 \u0431",
            [1003448649, 1910595385, 464555289, 1113351268],
            4036433474
        },
        { "a b c d e\na b c d e", [945610419, 146627693, 41018472, 30823825], 702461716 },
        {
            "\t tabs\tand\u00a0hard\u2003spaces here now ",
            [1869750632, 3988171869, 74539786, 722427326],
            1031195429
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Compute_ContractVector_IsBitExact(string text, uint[] first, uint last)
    {
        var sketch = new uint[64];
        Assert.True(MinHashSketch.Compute(Encoding.UTF8.GetBytes(text), sketch));
        Assert.Equal(first, sketch[..4]);
        Assert.Equal(last, sketch[63]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000")]
    public void Compute_NoWords_HasNoSketch(string text)
    {
        var sketch = new uint[64];
        Assert.False(MinHashSketch.Compute(Encoding.UTF8.GetBytes(text), sketch));
        Assert.All(sketch, static cell => Assert.Equal(0u, cell));
    }

    [Fact]
    public void Compute_LongAndOddTexts_AgreesWithThePlainReading()
    {
        var random = new Random(20261122);
        string[] words =
            ["Alpha", "β", "İstanbul", "ſ", "𐐀𐐁", "zero\0byte", "数据", "ﬁn", "Ǆ", "Ω", "\u200b", "x", "\ufffd"];
        string[] spaces = [" ", "\n", "\u3000", "  ", "\u2028", "\t"];
        for (var round = 0; round < 200; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(0, 700); i > 0; i--)
            {
                text.Append(words[random.Next(words.Length)]).Append(spaces[random.Next(spaces.Length)]);
            }

            var expected = PlainSketch(text.ToString());
            var sketch = new uint[64];
            var has = MinHashSketch.Compute(Encoding.UTF8.GetBytes(text.ToString()), sketch);
            Assert.Equal(expected.Length > 0, has);
            Assert.Equal(has ? expected : new uint[64], sketch);
        }
    }

    [Fact]
    public void Compute_InVectors_AgreesWithThePlainWay()
    {
        var (random, hasher) = (new Random(20261123), new ShingleHasher());
        string[] words = ["a", "Be", "naïve", "\u212a", "数据", "\0", "word", "LONGERWORD", "Ⱥ", "\ufffd", new('x', 60)];
        string[] spaces = [" ", " ", " ", " ", " ", "\n", "  ", "\u3000", "\r\n\t "];
        for (var round = 0; round < 400; round++)
        {
            var text = new StringBuilder(random.Next(4) == 0 ? " " : "");
            var wordsMax = random.Next(1, words.Length + 1);
            for (var i = random.Next(0, round % 50 == 0 ? 9000 : 500); i > 0; i--)
            {
                text.Append(words[random.Next(wordsMax)]).Append(spaces[random.Next(spaces.Length)]);
            }

            text.Append('y', random.Next(80) == 0 ? random.Next(9000) : random.Next(3));
            var utf8 = Encoding.UTF8.GetBytes(text.ToString());
            if (random.Next(10) == 0)
            {
                utf8.AsSpan(random.Next(utf8.Length + 1)).Fill((byte)random.Next(256));
            }

            uint[] plain = new uint[64], wide = new uint[64];
            Assert.Equal(
                MinHashSketch.Compute(utf8, plain, null, out var plainKey, out var plainCount),
                MinHashSketch.Compute(utf8, wide, hasher, out var wideKey, out var wideCount));
            Assert.Equal(plain, wide);
            Assert.Equal((plainKey, plainCount), (wideKey, wideCount));
        }
    }

    [Fact]
    public void Update_AllVectorWidths_AreEqual()
    {
        var random = new Random(7);
        var shingles = new ulong[257];
        for (var i = 0; i < shingles.Length; i++)
        {
            shingles[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }

        ulong[] wide = Fresh(), half = Fresh(), scalar = Fresh();
        MinHashSketch.Update512(shingles, wide);
        MinHashSketch.Update256(shingles, half);
        MinHashSketch.UpdateScalar(shingles, scalar);
        Assert.Equal(scalar, wide);
        Assert.Equal(scalar, half);
    }

    private static ulong[] Fresh()
    {
        var cells = new ulong[64];
        Array.Fill(cells, uint.MaxValue);
        return cells;
    }

    // The contract, step by step, as plainly as it can be written.
    private static uint[] PlainSketch(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
            }
            else
            {
                word.Append(rune.Value == 0x0130 ? rune : Rune.ToLowerInvariant(rune));
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        if (words.Count == 0)
        {
            return [];
        }

        var minima = new uint[64];
        Array.Fill(minima, uint.MaxValue);
        for (var i = 0; i <= Math.Max(0, words.Count - 5); i++)
        {
            var x = 14695981039346656037UL;
            foreach (var item in Encoding.UTF8.GetBytes(string.Join(' ', words.Skip(i).Take(5))))
            {
                x = (x ^ item) * 1099511628211;
            }

            for (var cell = 0; cell < 64; cell++)
            {
                var h = (((SplitMix(2 * (ulong)cell) | 1) * x) + SplitMix((2 * (ulong)cell) + 1)) >>> 32;
                minima[cell] = Math.Min(minima[cell], (uint)h);
            }
        }

        return minima;
    }

    private static ulong SplitMix(ulong s)
    {
        var z = s + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
