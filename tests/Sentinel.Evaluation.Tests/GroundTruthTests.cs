using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Tests;

public sealed class GroundTruthTests
{
    private const string Good = """{"account_id":"a","label":"benign","class":"chat","campaign":null,"more":1}""";

    [Theory]
    [InlineData("nonsense", "line 2: it is not JSON")]
    [InlineData("[]", "line 2: it has no text 'account_id'")]
    [InlineData("{\"label\":\"benign\"}", "line 2: it has no text 'account_id'")]
    [InlineData("{\"account_id\":\"b\",\"label\":\"odd\"}", "line 2: its 'label' is neither benign nor malicious")]
    [InlineData(
        "{\"account_id\":\"b\",\"label\":\"malicious\",\"campaign\":7}",
        "line 2: one of class, campaign, recipe and first_malicious_event is neither text nor null")]
    [InlineData(Good, "line 2: its account was told before")]
    public void TryRead_BrokenLine_IsNamed(string line, string expected)
    {
        Assert.False(GroundTruth.TryRead([Good, line], out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void TryResolve_UnknownAccount_IsNamed()
    {
        Assert.True(GroundTruth.TryRead([Good, ""], out var truth, out _));
        Assert.Equal(1, truth.Count);
        Assert.True(truth.TryResolve([new ObservedAccount("a")], out var resolved, out _));
        Assert.Equal(new AccountTruth(IsMalicious: false, "chat", null, 0, null), Assert.Single(resolved));
        Assert.False(truth.TryResolve([new ObservedAccount("a"), new ObservedAccount("b")], out _, out var unknown));
        Assert.Equal("b", unknown);
    }
}
