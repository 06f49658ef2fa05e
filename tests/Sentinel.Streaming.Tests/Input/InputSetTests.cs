using Sentinel.Streaming.Input;

namespace Sentinel.Streaming.Tests.Input;

public sealed class InputSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("input-set-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryFind_Folder_TakesItsFilesInOrdinalOrder()
    {
        foreach (var name in (string[])["b.jsonl", "B.ndjson", "a.jsonl.gz", "c.NDJSON.gz", "notes.txt", "x.json",
            "a.gz"])
        {
            File.WriteAllText(Path.Combine(_folder, name), "{}\n");
        }

        Directory.CreateDirectory(Path.Combine(_folder, "sub.jsonl"));
        Assert.True(InputSet.TryFind(_folder, NoStandardInput, out var set, out _));
        Assert.Equal(["B.ndjson", "a.jsonl.gz", "b.jsonl", "c.NDJSON.gz"], set.Files.Select(file => file.Name));
        Assert.Equal(["a.gz", "notes.txt", "sub.jsonl", "x.json"], set.Ignored.AsEnumerable());
        Assert.Equal(12, set.BytesTotal);
        Assert.Equal(4, TestInput.ReadAll(set, out _).Count);
    }

    [Fact]
    public void TryFind_File_MayHaveAnyName()
    {
        var path = Path.Combine(_folder, "traffic.log");
        File.WriteAllBytes(path, TestInput.Gzip(TestInput.Good(3)));
        Assert.True(InputSet.TryFind(path, NoStandardInput, out var set, out _));
        Assert.Equal("traffic.log", Assert.Single(set.Files).Name);
        Assert.Equal(3, TestInput.ReadAll(set, out _).Count);
    }

    [Fact]
    public void TryFind_EmptyFolder_IsAnEmptyInput()
    {
        Assert.True(InputSet.TryFind(_folder, NoStandardInput, out var set, out _));
        Assert.Empty(TestInput.ReadAll(set, out _));
    }

    [Fact]
    public void TryFind_Dash_IsStandardInput()
    {
        Assert.True(InputSet.TryFind("-", () => new MemoryStream(TestInput.Gzip(TestInput.Good(4))), out var set,
            out _));
        Assert.Null(set.BytesTotal);
        Assert.All(TestInput.ReadAll(set, out _), line => Assert.Equal("stdin", line.Source));
    }

    [Fact]
    public void TryFind_Missing_SaysSo()
    {
        var path = Path.Combine(_folder, "missing.jsonl");
        Assert.False(InputSet.TryFind(path, NoStandardInput, out var set, out var problem));
        Assert.Equal($"The input '{path}' does not exist.", problem);
        Assert.Empty(set.Files);
    }

    private static Stream NoStandardInput() => throw new InvalidOperationException("Standard input was not asked for.");
}
