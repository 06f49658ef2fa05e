using System.Globalization;

namespace Sentinel.Storage.Embedded;

/// <summary>Another process, or this one, has the data folder open.</summary>
public sealed class DataFolderInUseException : Exception
{
    /// <summary>An exception that names the folder.</summary>
    public DataFolderInUseException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    public DataFolderInUseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a text.</summary>
    public DataFolderInUseException()
    {
    }
}

// Held as long as the file is open: the operating system lets go of it however the process ends. A locked file cannot
// be read by others, so the holder's number stands in a second one.
internal sealed class DataFolderLock : IDisposable
{
    private const string LockName = "sentinel.lock";
    private const string HolderName = "sentinel.pid";

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    public static DataFolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var holder = Path.Combine(folder, HolderName);
        try
        {
            var file = new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolderLock(file);
        }
        catch (IOException cause)
        {
            throw new DataFolderInUseException(
                $"The data folder {folder} is in use{NameOf(holder)}. One process can have it open at a time.", cause);
        }
    }

    public void Dispose() => _file.Dispose();

    private static string NameOf(string holder)
    {
        try
        {
            return int.TryParse(
                File.ReadAllText(holder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                ? string.Create(CultureInfo.InvariantCulture, $" by process {process}")
                : string.Empty;
        }
        catch (IOException)
        {
            return string.Empty; // Only the courtesy of naming the holder is lost.
        }
    }
}
