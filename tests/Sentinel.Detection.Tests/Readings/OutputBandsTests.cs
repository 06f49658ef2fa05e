using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Tests.Judging;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Readings;

public sealed class OutputBandsTests
{
    private const string Question = "Please turn the text below into one that my students understand, without leaving any step out.";
    private readonly TextMaker _maker = new(seed: 66);

    public static TheoryData<string> Layouts => new()
    {
        { "{0}" },
        { Question + "\n\n{0}" },
        { Question + "\n{0}" },
        { "{0}\n\n" + Question },
        { Question + "\n<<<\n{0}\n>>>" },
        { Question + "\n```\n{0}\n```\n" + Question },
        { Question + "\n\nraw capture 8271:\n{0}\n\nBackground is given here and may be left out if it does not help." },
        { "---\n\n{0}\n\n---\n\n\n" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Read_OutputWithinAPrompt_IsFoundAsMaterial(string layout)
    {
        for (var i = 0; i < 20; i++)
        {
            var output = $"{_maker.Words(40)}\n\n{_maker.Words(35)}\n{_maker.Words(30)}";
            Assert.True(SharedBands(output, layout.Replace("{0}", output, StringComparison.Ordinal)) >= AlikeMin);
        }
    }

    [Fact]
    public void Fill_LightlyEdited_NineInTenAreFound()
    {
        const int count = 400;
        var (found, foreign) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            // One word in 23 changed takes five shingles each: a Jaccard similarity of about 0.67.
            var output = _maker.Words(200);
            found += SharedBands(output, _maker.Edited(output, 1 / 23.0)) >= AlikeMin ? 1 : 0;
            foreign += SharedBands(output, _maker.Words(200)) > 0 ? 1 : 0;
        }

        Assert.InRange(found, count * 9 / 10, count);
        Assert.Equal(0, foreign);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(40, true)]
    public void IsLongEnough_TellsByTheSketchAlone(int words, bool expected) =>
        Assert.Equal(expected, OutputBands.IsLongEnough(TextMaker.SketchOf(_maker.Words(words))));

    [Fact]
    public void Read_LaterTurn_HasNoMaterial()
    {
        var observation = _maker.Exchange("a", _maker.Words(100), _maker.Words(100), turn: 2);
        Assert.True(observation.MaterialBands.IsEmpty);
        Assert.Equal(OutputBands.Count, observation.OutputBands.Length);
    }

    [Fact]
    public void Read_OddMessages_GiveFewPartsAndNeverThrow()
    {
        string[] odd = ["", "\n", new string('\n', 100_000), "a\n\nb", new string('-', 300), "x \n \n \n y", "ä\n\n\0\n\nö"];
        foreach (var text in odd)
        {
            Assert.True(MaterialOf(text).Length <= MaterialReader.PartsMax * OutputBands.Count);
        }
    }

    private static int AlikeMin => DetectionPolicy.Default.OutputBandsAlikeMin;

    private static int SharedBands(string output, string prompt)
    {
        var bands = new ulong[OutputBands.Count];
        OutputBands.Fill(TextMaker.SketchOf(output), bands);
        return MaterialOf(prompt).Intersect(bands).Count();
    }

    private static ulong[] MaterialOf(string prompt)
    {
        var exchange = new Exchange();
        var json = ExchangeJson.Minimal().Prompt(prompt).ToUtf8();
        Assert.True(ExchangeDecoder.TryDecode(json, exchange, out _), Encoding.UTF8.GetString(json));
        var reading = new Reading();
        new PromptReader().Read(exchange, reading, new int[FeatureLayout.Width]);
        return reading.MaterialBands.ToArray();
    }
}
