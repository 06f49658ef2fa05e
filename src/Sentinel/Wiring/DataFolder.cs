namespace Sentinel.Hosting.Wiring;

/// <summary>A folder that goes away with the command, or one that was named and stays.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly bool _isTemporary;

    private DataFolder(string path, bool isTemporary) => (Path, _isTemporary) = (path, isTemporary);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The folder named, or a new temporary one.</summary>
    public static DataFolder Of(string? named) => named is null
        ? new DataFolder(Directory.CreateTempSubdirectory("llmsentinel-").FullName, isTemporary: true)
        : new DataFolder(System.IO.Path.GetFullPath(named), isTemporary: false);

    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
