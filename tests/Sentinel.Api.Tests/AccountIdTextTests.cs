namespace Sentinel.Api.Tests;

public sealed class AccountIdTextTests
{
    [Theory]
    [InlineData("/v1/decisions/acct-1", "acct-1")]
    [InlineData("/v1/decisions/acct-1?x=/y", "acct-1")]
    [InlineData("/v1/decisions/a%2Fb", "a/b")]
    [InlineData("/v1/decisions/a%252Fb", "a%2Fb")]
    [InlineData("/v1/decisions/a+b%20c", "a+b c")]
    [InlineData("/v1/decisions/%E6%95%B0%E6%8D%AE", "数据")]
    [InlineData("/v1/decisions/%F0%9F%A6%8A", "🦊")]
    [InlineData("/v1/decisions/%3Cscript%3E%0d%0aX:%20y", "<script>\r\nX: y")]
    [InlineData("http://host:1/v1/decisions/abc", "abc")]
    public void TryReadLastSegment_AnId_ReadsIt(string target, string expected)
    {
        Assert.True(AccountIdText.TryReadLastSegment(target, out var id));
        Assert.Equal(expected, id);
    }

    [Theory]
    [InlineData("/v1/decisions/")]
    [InlineData("/v1/decisions/%")]
    [InlineData("/v1/decisions/%4")]
    [InlineData("/v1/decisions/%ZZ")]
    [InlineData("/v1/decisions/%FF")]
    [InlineData("/v1/decisions/%ED%A0%80")]
    [InlineData("/v1/decisions/\u00E9")]
    public void TryReadLastSegment_NoId_SaysSo(string target) =>
        Assert.False(AccountIdText.TryReadLastSegment(target, out _));

    [Fact]
    public void TryReadLastSegment_AtTheLimit_CountsCharacters()
    {
        var longest = string.Concat(Enumerable.Repeat("%F0%9F%A6%8A", AccountIdText.CharsMax));
        Assert.True(AccountIdText.TryReadLastSegment("/" + longest, out var id));
        Assert.Equal(AccountIdText.CharsMax * 2, id.Length);
        Assert.False(AccountIdText.TryReadLastSegment("/" + longest + "a", out _));
        Assert.False(AccountIdText.TryReadLastSegment("/" + new string('a', AccountIdText.CharsMax + 1), out _));
    }

    [Fact]
    public void TryReadLastSegment_RandomBytes_NeverThrows()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var target = new string(random.GetItems("%0aFf/?é\uD800#4".ToCharArray(), random.Next(40)));
            _ = AccountIdText.TryReadLastSegment(target, out _);
        }
    }

    [Fact]
    public void IsValid_HalfASurrogatePair_IsNot()
    {
        Assert.False(AccountIdText.IsValid("a\uD800"));
        Assert.True(AccountIdText.IsValid("a\uFFFD"));
        Assert.False(AccountIdText.IsValid(""));
        Assert.False(AccountIdText.IsValid(null));
    }
}
