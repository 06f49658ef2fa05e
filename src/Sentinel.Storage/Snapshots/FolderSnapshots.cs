using System.Buffers;
using Sentinel.Detection.Ports;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Snapshots;

/// <summary>
/// Blobs as files of one folder, on a local or shared disk. A blob is written beside its place, synced and moved there,
/// so a crash leaves the old one or the new one. Failures are <see cref="IOException"/>. One writer a name.
/// </summary>
public sealed class FolderSnapshots : ISnapshotStore
{
    /// <summary>Longest name, characters: what escapes leave room for in a file's name.</summary>
    public const int NameMax = 80;

    private const string Ending = ".snapshot";
    private const string BesideEnding = ".writing";

    private readonly string _folder;

    /// <summary>A store in a folder, made when it is not there.</summary>
    public FolderSnapshots(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        var file = FileOf(name);
        var beside = file + BesideEnding;
        await using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var piece in bytes)
            {
                await stream.WriteAsync(piece, cancel);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, file, overwrite: true);
        FolderSync.Sync(_folder);
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel)
    {
        var file = FileOf(name);
        if (!File.Exists(file))
        {
            return null;
        }

        await using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var bytes = PooledBytes.Rent(checked((int)stream.Length));
        var isRead = false;
        try
        {
            await stream.ReadExactlyAsync(bytes.Memory, cancel);
            isRead = true;
            return bytes;
        }
        finally
        {
            if (!isRead)
            {
                bytes.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        IReadOnlyList<string> names =
        [
            .. Directory.EnumerateFiles(_folder, "*" + Ending)
                .Select(file => Uri.UnescapeDataString(Path.GetFileName(file)[..^Ending.Length]))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        return Task.FromResult(names);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancel)
    {
        File.Delete(FileOf(name));
        FolderSync.Sync(_folder);
        return Task.CompletedTask;
    }

    // Escaped, a name has no slash and so no way out of the folder.
    private string FileOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, NameMax);
        return Path.Combine(_folder, Uri.EscapeDataString(name) + Ending);
    }
}
