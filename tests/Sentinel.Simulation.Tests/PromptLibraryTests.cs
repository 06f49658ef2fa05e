using System.Text;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Tests;

public sealed class PromptLibraryTests
{
    private static readonly string[] Harvest =
    [
        "agent_traces", "capability_tasks", "data_writing", "inline_reasoning", "native_reasoning",
        "preference_labels", "prompt_leak", "relay", "reward_grading", "safe_rewrites", "session_replay",
        "solution_bank", "task_writing", "technique_probe", "trace_cleaning", "trace_reconstruction",
    ];

    public static TheoryData<string> Families => [.. PromptLibrary.Shared.FamilyNames];

    [Theory]
    [MemberData(nameof(Families))]
    public void Family_HasFramesEnoughInManyLanguages(string name)
    {
        var family = PromptLibrary.Shared.Family(name);
        Assert.True(family.Frames.Length >= 6);
        Assert.True(family.Frames.Select(frame => frame.Language).Distinct().Count() >= 5);
    }

    [Fact]
    public void FamilyNames_BothSides_AreMany()
    {
        Assert.Empty(Harvest.Except(PromptLibrary.Shared.FamilyNames));
        Assert.True(Harvest.Length >= 12);
        Assert.True(PromptLibrary.Shared.FamilyNames.Length - Harvest.Length >= 12);
    }

    [Fact]
    public void Render_TechniqueProbe_HasThousandsOfTechniques()
    {
        var family = PromptLibrary.Shared.Family("technique_probe");
        var chance = new Chance(1);
        var seen = new HashSet<string>();
        for (var i = 0; i < 20_000; i++)
        {
            var seeds = new TextSeeds(chance.Next(), chance.Next(), null);
            var text = Render(family.Draw("en", ref chance).Users[0], ref chance, seeds);
            seen.Add(text[..Math.Min(text.Length, 120)]);
        }

        Assert.True(seen.Count > 12_000, $"{seen.Count} techniques");
    }

    [Theory]
    [InlineData(true, "say \\\"a\\\"\\nnow")]
    [InlineData(false, "say \"a\"\nnow")]
    public void Render_EscapesJsonWhereItIsWritten(bool isJson, string expected)
    {
        var output = new Utf8Buffer(isJson);
        var chance = new Chance(1);
        TemplateCompiler.Compile("say \"{a|a}\"\nnow").Render(ref chance, new TextSeeds(1, 1, null), output);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.Span));
    }

    [Fact]
    public void Render_CapturedReply_StandsInItsSlot()
    {
        var frame = PromptLibrary.Shared.Family("trace_cleaning").Frames[0];
        var captured = new Utf8Buffer(isJson: false);
        captured.Add("what another account was told"u8);
        var chance = new Chance(1);
        Assert.Contains(
            "what another account was told",
            Render(frame.Users[0], ref chance, new TextSeeds(1, 1, captured)),
            StringComparison.Ordinal);
        captured.Truncate(0);
        Assert.DoesNotContain(
            "told", Render(frame.Users[0], ref chance, new TextSeeds(1, 1, captured)), StringComparison.Ordinal);
    }

    [Fact]
    public void AddTime_AnyTime_IsWrittenAsDotNetDoes()
    {
        var chance = new Chance(3);
        var output = new Utf8Buffer(isJson: false);
        for (var i = 0; i < 1_000; i++)
        {
            var ms = chance.Below(int.MaxValue) * 1_003L * (i % 9 == 0 ? -1 : 1);
            output.Truncate(0);
            output.AddTime(ms);
            Assert.Equal(
                DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null),
                Encoding.UTF8.GetString(output.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Family_RarelyRepeatsAPrompt(string name)
    {
        var family = PromptLibrary.Shared.Family(name);
        var output = new Utf8Buffer(isJson: false);
        var texts = new HashSet<string>();
        var chance = new Chance(5);
        for (var i = 0; i < 2_000; i++)
        {
            output.Truncate(0);
            var frame = family.DrawAny(ref chance);
            var seeds = new TextSeeds(chance.Next(), chance.Next(), null);
            frame.Users[chance.Below(frame.Users.Length)].Render(ref chance, in seeds, output);
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
        var first = Render(template, ref chance, new TextSeeds(1, 9, null)).Split(' ');
        var second = Render(template, ref chance, new TextSeeds(2, 9, null)).Split(' ');
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
        var output = new Utf8Buffer(isJson: false);
        template.Render(ref chance, in seeds, output);
        return Encoding.UTF8.GetString(output.Span);
    }
}
