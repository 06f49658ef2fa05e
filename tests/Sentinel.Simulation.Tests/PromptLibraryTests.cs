using System.Text;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Tests;

public sealed class PromptLibraryTests
{
    private static readonly string[] Harvest =
    [
        "capability_tasks", "data_writing", "inline_reasoning", "relay", "reward_grading", "trace_reconstruction",
    ];

    public static TheoryData<string> Families => [.. PromptLibrary.Shared.FamilyNames];

    [Theory]
    [MemberData(nameof(Families))]
    public void Family_HasFramesEnoughInManyLanguages(string name)
    {
        var family = PromptLibrary.Shared.Family(name);
        Assert.True(family.Frames.Length >= (Harvest.Contains(name) ? 6 : 8));
        Assert.True(family.Frames.Select(frame => frame.Language).Distinct().Count() >= 5);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Family_RarelyRepeatsAPrompt(string name)
    {
        var family = PromptLibrary.Shared.Family(name);
        var output = new Utf8Buffer();
        var texts = new HashSet<string>();
        var chance = new Chance(5);
        for (var i = 0; i < 2_000; i++)
        {
            output.Truncate(0);
            var frame = family.DrawAny(ref chance);
            var seeds = new TextSeeds(chance.Next(), chance.Next());
            frame.Users[chance.Below(frame.Users.Length)].Render(ref chance, seeds, output);
            var text = Encoding.UTF8.GetString(output.Span);
            Assert.DoesNotContain("{", text.Replace("{\"", "", StringComparison.Ordinal));
            texts.Add(text);
        }

        Assert.True(texts.Count > 1_700, $"{texts.Count} different prompts of 2000");
    }

    [Fact]
    public void Render_BoundParts_StayWithTheirFrameAndTurn()
    {
        var template = TemplateCompiler.Compile("{@#1-100000} {=#1-100000} {=#1-100000} {#1-100000}");
        var chance = new Chance(1);
        var first = Render(template, ref chance, new TextSeeds(1, 9)).Split(' ');
        var second = Render(template, ref chance, new TextSeeds(2, 9)).Split(' ');
        Assert.Equal(first[0], second[0]);
        Assert.Equal(first[1], first[2]);
        Assert.NotEqual(first[1], second[1]);
        Assert.NotEqual(first[3], second[3]);
    }

    [Theory]
    [InlineData("{a|b")]
    [InlineData("a}")]
    [InlineData("{}")]
    [InlineData("{#9-3}")]
    [InlineData("{#x}")]
    [InlineData("{Big}")]
    public void Compile_Mistake_IsRefused(string source) =>
        Assert.Throws<InvalidDataException>(() => TemplateCompiler.Compile(source));

    [Fact]
    public void Compile_DoubledBraces_AreBraces()
    {
        var chance = new Chance(1);
        Assert.Equal("{x: 4}", Render(TemplateCompiler.Compile("{{x: {#4-4}}}"), ref chance, default));
    }

    private static string Render(TextTemplate template, ref Chance chance, TextSeeds seeds)
    {
        var output = new Utf8Buffer();
        template.Render(ref chance, seeds, output);
        return Encoding.UTF8.GetString(output.Span);
    }
}
