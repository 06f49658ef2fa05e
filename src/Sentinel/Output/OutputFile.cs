namespace Sentinel.Hosting.Output;

/// <summary>
/// An output that appears whole or not at all: written beside its final name, moved there at the end. Devices such as
/// <c>/dev/stdout</c> are written directly. Owned by one thread.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string? _temporary;

    private OutputFile(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = IsDevice(path) ? null : _path + ".partial";
        var mode = _temporary is null ? FileMode.Open : FileMode.Create;
        Stream = new FileStream(_temporary ?? _path, mode, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Opens an output, and makes its folder.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static OutputFile Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw CommandException.Usage($"cannot write {path}: it is a folder");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new OutputFile(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandException.Usage($"cannot write {path}: {cause.Message}");
        }
    }

    /// <summary>Whether lines written to this path mix with what the program says on standard output.</summary>
    public static bool IsStandardOutput(string? path) =>
        path is not null && Path.GetFullPath(path) is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Closes the file and gives it its final name.</summary>
    public void Complete()
    {
        Stream.Dispose();
        if (_temporary is not null)
        {
            File.Move(_temporary, _path, overwrite: true);
        }
    }

    /// <summary>Closes; what was not completed is removed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (_temporary is not null)
        {
            File.Delete(_temporary); // Nothing is there once it was moved.
        }
    }

    private static bool IsDevice(string path) =>
        Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));
}
