using Sentinel.Inference.Models;

namespace Sentinel.Inference.Tests.Models;

public sealed class ContentModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llm-sentinel-model-").FullName;

    public ContentModelTests()
    {
        var models = ModelFolder.Find(null, AppContext.BaseDirectory)!;
        foreach (var file in Directory.GetFiles(ModelFolder.Newest(models, ModelFolder.Tier1Name)!))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }
    }

    private string ManifestPath => Path.Combine(_folder, ModelFolder.ManifestFile);

    private string GraphPath => Path.Combine(_folder, ModelFolder.GraphFile);

    [Fact]
    public void TryRead_WholeFolder_Succeeds() => Assert.True(ContentModel.TryRead(_folder, out _, out _));

    [Fact]
    public void TryRead_ChangedGraph_IsRefused()
    {
        var graph = File.ReadAllBytes(GraphPath);
        graph[graph.Length / 2] ^= 1;
        File.WriteAllBytes(GraphPath, graph);
        AssertRefused(ModelFaultKind.HashMismatch);
    }

    [Fact]
    public void TryRead_CutGraph_IsRefused()
    {
        File.WriteAllBytes(GraphPath, File.ReadAllBytes(GraphPath)[..1000]);
        AssertRefused(ModelFaultKind.HashMismatch);
    }

    [Theory]
    [InlineData("\"version\": 2,\n    \"width\"", "\"version\": 99,\n    \"width\"", ModelFaultKind.LayoutMismatch)]
    [InlineData("\"grading_harvest\"", "\"something_else\"", ModelFaultKind.LabelMismatch)]
    [InlineData("\"embedding_length\": 16", "\"embedding_length\": 32", ModelFaultKind.LabelMismatch)]
    [InlineData("\"labels\"", "\"tables\"", ModelFaultKind.BadManifest)]
    [InlineData("{", "[", ModelFaultKind.BadManifest)]
    [InlineData("\"floor\": 0", "\"floor\": -0", ModelFaultKind.BadManifest)]
    public void TryRead_ChangedManifest_IsRefused(string from, string to, ModelFaultKind kind)
    {
        var manifest = File.ReadAllText(ManifestPath);
        Assert.Contains(from, manifest, StringComparison.Ordinal);
        File.WriteAllText(ManifestPath, manifest.Replace(from, to, StringComparison.Ordinal));
        AssertRefused(kind);
    }

    [Fact]
    public void TryRead_MissingFiles_AreRefused()
    {
        File.Delete(GraphPath);
        AssertRefused(ModelFaultKind.Missing);
        File.Delete(ManifestPath);
        AssertRefused(ModelFaultKind.Missing);
        Assert.False(ContentModel.TryRead(Path.Combine(_folder, "nowhere"), out _, out _));
    }

    [Fact]
    public void TryLoad_NoGraph_IsRefusedByTheEngine()
    {
        byte[] graph = [1, 2, 3];
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(graph));
        Assert.True(ContentModel.TryRead(_folder, out var model, out _));
        File.WriteAllBytes(GraphPath, graph);
        var manifest = File.ReadAllText(ManifestPath);
        File.WriteAllText(ManifestPath, manifest.Replace(model!.Manifest.Sha256, hash, StringComparison.Ordinal));
        Assert.False(OnnxScorer.TryLoad(_folder, out _, out var fault));
        Assert.Equal(ModelFaultKind.BadGraph, fault!.Kind);
    }

    [Fact]
    public void Find_NamedFolder_Wins() =>
        Assert.Equal("/somewhere", ModelFolder.Find("/somewhere", AppContext.BaseDirectory));

    [Fact]
    public void Find_NothingAbove_IsNull() => Assert.Null(ModelFolder.Find(null, Path.GetPathRoot(_folder)!));

    [Fact]
    public void Newest_NumbersNotTexts_Decide()
    {
        foreach (var version in new[] { "m/2", "m/10", "m/notes" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
        }

        Assert.Equal("10", Path.GetFileName(ModelFolder.Newest(_folder, "m")));
        Assert.Null(ModelFolder.Newest(_folder, "absent"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void AssertRefused(ModelFaultKind kind)
    {
        Assert.False(OnnxScorer.TryLoad(_folder, out _, out var fault));
        Assert.Equal(kind, fault!.Kind);
        Assert.NotEmpty(fault.Detail);
    }
}
