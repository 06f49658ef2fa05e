namespace Sentinel.Inference.Tests.Robustness;

/// <summary>The way a prompt is written changes its score by less than 0.05: the real path from line to score.</summary>
public sealed class DisguiseTests(CommittedModel model) : IClassFixture<CommittedModel>
{
    private const float ChangeMax = 0.05f;

    private readonly RealPath _path = new(model.Scorer);

    public static TheoryData<string> Names => [.. Tricks.Keys];

    private static Dictionary<string, Func<string, string>> Tricks { get; } = new(StringComparer.Ordinal)
    {
        ["zero-width everywhere"] = Disguises.ZeroWidthEverywhere,
        ["zero-width between words"] = Disguises.ZeroWidthBetweenWords,
        ["zero-width here and there"] = Disguises.ZeroWidthHereAndThere,
        ["direction marks"] = Disguises.DirectionMarks,
        ["some homoglyphs"] = Disguises.SomeHomoglyphs,
        ["all homoglyphs"] = Disguises.AllHomoglyphs,
        ["upper case"] = Disguises.Upper,
        ["lower case"] = Disguises.Lower,
        ["alternating case"] = Disguises.Alternating,
        ["full-width letters"] = Disguises.FullWidthLetters,
        ["mathematical"] = Disguises.Mathematical,
        ["accents"] = Disguises.Accents,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Score_DisguisedPrompt_ChangesLittle(string name)
    {
        var disguise = Tricks[name];
        var prompts = BankPrompts.Read();
        Assert.True(prompts.Count >= 200);
        var changed = new List<string>();
        foreach (var prompt in prompts)
        {
            var plain = _path.Harvest(prompt.System, prompt.User);
            var system = prompt.System is { } text ? disguise(text) : null;
            var disguised = _path.Harvest(system, disguise(prompt.User));
            if (Math.Abs(plain - disguised) >= ChangeMax)
            {
                changed.Add($"{prompt.Id}: {plain:f3}, {disguised:f3}");
            }
        }

        Assert.Empty(changed);
    }

    // Marks, and accents on scripts that have none of their own, cost a little; whole prompts must still read the same.
    [Fact]
    public void Score_FullWidthMarksAndPiledAccents_ChangeLittleOnAverage()
    {
        var prompts = BankPrompts.Read();
        foreach (var disguise in new Func<string, string>[] { Disguises.FullWidth, Disguises.Piled })
        {
            var change = prompts.Average(prompt =>
                Math.Abs(_path.Harvest(null, prompt.User) - _path.Harvest(null, disguise(prompt.User))));
            Assert.InRange(change, 0f, 0.02f);
        }
    }

    // Digits for letters are not undone: a score all the same.
    [Fact]
    public void Score_DigitsForLetters_IsAScore() => Assert.All(
        BankPrompts.Read(), prompt => Assert.InRange(_path.Harvest(null, Disguises.Leet(prompt.User)), 0f, 1f));

    [Fact]
    public void Score_Base64OfAnyPrompt_IsUnreadable()
    {
        foreach (var text in BankPrompts.Read().Select(static prompt => Disguises.Base64(prompt.User)))
        {
            _ = _path.Harvest(null, text);
            Assert.Equal(text.Length >= 64, _path.Reading.IsUnreadable);
        }
    }

    [Fact]
    public void Score_PlainPrompts_AreReadable()
    {
        foreach (var prompt in BankPrompts.Read())
        {
            _ = _path.Harvest(prompt.System, prompt.User);
            Assert.False(_path.Reading.IsUnreadable, prompt.Id);
        }
    }
}
