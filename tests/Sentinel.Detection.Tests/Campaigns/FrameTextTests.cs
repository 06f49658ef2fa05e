using Sentinel.Detection.Campaigns;

namespace Sentinel.Detection.Tests.Campaigns;

public class FrameTextTests
{
    [Fact]
    public void Of_TwoExcerpts_KeepsOnlyWhatBothSay()
    {
        Assert.Equal(
            "Solve the task ⟨…⟩ and show every step",
            FrameText.Of(["Solve the task of Ann and show every step", "Solve the task about rivers and show every step"]));
    }

    [Fact]
    public void Of_WordsOfOneAccount_NeverAppear()
    {
        var text = FrameText.Of(["secret alpha then write it all down", "other beta then write it all down", "x then write it all down"]);
        Assert.Equal("⟨…⟩ then write it all down", text);
    }

    [Fact]
    public void Of_PartsOfAPrompt_AreJoinedBySlots()
    {
        Assert.Equal(
            "You are an expert ⟨…⟩ answer in full",
            FrameText.Of(["You are an expert␟one answer in full", "You are an expert␟two answer in full"]));
    }

    [Fact]
    public void Of_NothingInCommon_IsNull()
    {
        Assert.Null(FrameText.Of(["alpha beta gamma delta", "one two three four"]));
        Assert.Null(FrameText.Of(["only one excerpt here"]));
        Assert.Null(FrameText.Of([]));
    }

    [Fact]
    public void Of_LongExcerpts_StaysWithinTheLimit()
    {
        var words = string.Join(' ', Enumerable.Range(0, 150).Select(i => $"instruction{i}"));
        Assert.True(FrameText.Of([words, words])!.Length <= FrameText.CharactersMax);
    }
}
