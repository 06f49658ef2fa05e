namespace Sentinel.Storage.Embedded;

/// <summary>The native ClickHouse library is not where it should be.</summary>
public sealed class NativeLibraryMissingException : Exception
{
    /// <summary>An exception that says where was looked.</summary>
    public NativeLibraryMissingException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    public NativeLibraryMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a text.</summary>
    public NativeLibraryMissingException()
    {
    }
}

internal static class NativeLibraryFile
{
    public const string FolderVariable = "LLMSENTINEL_NATIVE_DIR";
    private const string FileName = "libchdb.so";

    /// <summary>The library's path; throws <see cref="NativeLibraryMissingException"/> when it is nowhere.</summary>
    public static string Find() =>
        Find(Environment.GetEnvironmentVariable(FolderVariable), AppContext.BaseDirectory);

    // A folder that was named is meant: when it lacks the library nothing else is tried.
    public static string Find(string? named, string startFolder)
    {
        if (!string.IsNullOrEmpty(named))
        {
            var file = Path.GetFullPath(Path.Combine(named, FileName));
            return File.Exists(file)
                ? file
                : throw new NativeLibraryMissingException(
                    $"{FolderVariable} names a folder without {FileName}: {named}. "
                    + "Run ./sentinel setup, or name another.");
        }

        for (var folder = new DirectoryInfo(startFolder); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, ".sentinel", "native", FileName);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new NativeLibraryMissingException(
            $"{FileName} is not in .sentinel/native of {startFolder} or of any folder above it. "
            + $"Run ./sentinel setup, or name its folder in {FolderVariable}.");
    }
}
