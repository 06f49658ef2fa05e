using Sentinel.Inference.Models;

namespace Sentinel.Inference.Tests.Models;

public sealed class ModelCheckTests(CommittedModel model) : IClassFixture<CommittedModel>, IDisposable
{
    private const string GoldenFile = "golden.jsonl";

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-sentinel-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryGolden_CommittedModel_IsInOrder()
    {
        Assert.True(ModelCheck.TryGolden(model.Folder, model.Scorer, out var check, out var fault), fault?.Detail);
        Assert.True(check!.GoldenCount >= 20);
        Assert.InRange(check.DifferenceMax, 0, ModelCheck.ToleranceMax);
    }

    [Fact]
    public void TryGolden_OneScoreOff_NamesTheCase()
    {
        var lines = File.ReadAllLines(Path.Combine(model.Folder, GoldenFile));
        lines[3] = lines[3].Replace("\"scores\":[0.", "\"scores\":[0.0", StringComparison.Ordinal);
        File.WriteAllLines(Path.Combine(_folder, GoldenFile), lines);
        Assert.False(ModelCheck.TryGolden(_folder, model.Scorer, out _, out var fault));
        Assert.Equal(ModelFaultKind.GoldenDiffers, fault!.Kind);
        Assert.Contains("golden case '", fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{\"id\":\"a\",\"system\":null,\"user\":\"b\"}")]
    [InlineData("{\"id\":\"a\",\"system\":null,\"user\":\"b\",\"scores\":[0.5]}")]
    public void TryGolden_NoUsableCases_IsAFault(string? content)
    {
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(_folder, GoldenFile), content);
        }

        Assert.False(ModelCheck.TryGolden(_folder, model.Scorer, out _, out var fault));
        Assert.Equal(ModelFaultKind.GoldenDiffers, fault!.Kind);
    }

    [Fact]
    public void Read_FolderWithStrangeModels_ListsThemAll()
    {
        foreach (var version in new[] { "m/2", "m/10", "m/notes", "n/1" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
        }

        File.WriteAllText(Path.Combine(_folder, "m/2", ModelFolder.ManifestFile), "{\"tier\":2,\"labels\":[\"a\"]}");
        File.WriteAllText(Path.Combine(_folder, "n/1", ModelFolder.ManifestFile), "[");
        var listed = ModelCatalog.Read(_folder);
        Assert.Equal(["m/2", "m/10", "n/1"], listed.Select(static one => one.FullName));
        Assert.Equal([false, true, true], listed.Select(static one => one.IsNewest));
        Assert.Equal([2, 0, 0], listed.Select(static one => one.Tier));
        Assert.Equal("a", Assert.Single(listed[0].Labels));
        Assert.All(listed, static one => Assert.False(one.HasItsHash()));
        Assert.Empty(ModelCatalog.Read(Path.Combine(_folder, "nowhere")));
    }
}
