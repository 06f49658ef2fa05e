using Sentinel.Hosting.Serving;

namespace Sentinel.EndToEnd.Tests;

public class ServeRolesTests
{
    [Theory]
    [InlineData("all", "all")]
    [InlineData("account", "account")]
    [InlineData("links, api", "links,api")]
    [InlineData("account,links,campaigns,api", "all")]
    public void TryRead_Roles_ReadsThem(string text, string written)
    {
        Assert.True(ServeRolesText.TryRead(text, out var roles));
        Assert.Equal(written, ServeRolesText.Of(roles));
    }

    [Theory]
    [InlineData("")]
    [InlineData("judge")]
    [InlineData("api,")]
    [InlineData("Api")]
    public void TryRead_AnythingElse_IsRefused(string text) => Assert.False(ServeRolesText.TryRead(text, out _));
}
