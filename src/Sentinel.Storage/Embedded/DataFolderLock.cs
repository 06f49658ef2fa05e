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

// Held as long as the file is open: the operating system lets go of it however the process ends.
internal sealed class DataFolderLock : IDisposable
{
    private const string FileName = "sentinel.lock";

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    public static DataFolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException cause)
        {
            throw new DataFolderInUseException(
                $"The data folder {folder} is in use{HolderOf(path)}. One process can have it open at a time.", cause);
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        return new DataFolderLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string HolderOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return int.TryParse(reader.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                ? string.Create(CultureInfo.InvariantCulture, $" by process {process}")
                : string.Empty;
        }
        catch (IOException)
        {
            return string.Empty; // Only the courtesy of naming the holder is lost.
        }
    }
}
