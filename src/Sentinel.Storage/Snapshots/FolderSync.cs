using System.Runtime.InteropServices;

namespace Sentinel.Storage.Snapshots;

// Makes a folder's entries durable: without it a file that was synced and moved may be gone after a power cut. The
// runtime opens no folders, hence the calls. Windows keeps its own journal of entries.
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = Open(folder, ReadOnly);
        if (handle < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var result = Sync(handle);
        var reason = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (result != 0)
        {
            throw new IOException($"The folder {folder} cannot be synced: {reason}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
