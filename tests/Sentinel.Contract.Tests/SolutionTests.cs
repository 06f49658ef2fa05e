using System.Text.Json;

namespace Sentinel.Contract.Tests;

public sealed class SolutionTests
{
    [Fact]
    public void Solution_ListsEveryProject()
    {
        var solution = File.ReadAllText(Repository.PathOf("Sentinel.sln"));
        var missing = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !solution.Contains($"\"{file.Replace('/', '\\')}\"", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("exchange.v1.schema.json")]
    [InlineData("verdict.v1.schema.json")]
    [InlineData("campaign.v1.schema.json")]
    [InlineData("ruling.v1.schema.json")]
    [InlineData("verdict-record.v1.schema.json")]
    [InlineData("openapi.v1.json")]
    public void Schema_IsJson(string name)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("schemas/" + name)));
        Assert.Equal(JsonValueKind.Object, schema.RootElement.ValueKind);
    }

    [Fact]
    public void ExchangeSchema_RequiresWhatTheContractRequires()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("schemas/exchange.v1.schema.json")));
        var required = schema.RootElement.GetProperty("required").EnumerateArray().Select(item => item.GetString());
        Assert.Equal(["event_id", "occurred_at", "account", "request", "response"], required);
    }
}
