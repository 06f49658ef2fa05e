using Sentinel.Storage.Embedded;

namespace Sentinel.Storage.Tests;

public sealed class NativeLibraryFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sentinel-native-").FullName;

    [Fact]
    public void Find_FolderAbove_IsFound()
    {
        var native = Directory.CreateDirectory(Path.Combine(_folder, ".sentinel", "native")).FullName;
        var file = Path.Combine(native, "libchdb.so");
        File.WriteAllText(file, "");
        var start = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
        Assert.Equal(file, NativeLibraryFile.Find(named: null, start));
    }

    [Fact]
    public void Find_Nowhere_SaysWhatToRun()
    {
        var missing = Assert.Throws<NativeLibraryMissingException>(
            () => NativeLibraryFile.Find(named: "", _folder));
        Assert.Contains("./sentinel setup", missing.Message, StringComparison.Ordinal);
        Assert.Contains("LLMSENTINEL_NATIVE_DIR", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NamedFolderWithoutIt_TriesNoOther()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".sentinel", "native"));
        File.WriteAllText(Path.Combine(_folder, ".sentinel", "native", "libchdb.so"), "");
        var missing = Assert.Throws<NativeLibraryMissingException>(
            () => NativeLibraryFile.Find(Path.Combine(_folder, "elsewhere"), _folder));
        Assert.Contains("elsewhere", missing.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
