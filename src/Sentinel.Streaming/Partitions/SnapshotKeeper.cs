using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// The snapshots of one lane: each is the segments of the one before and those with what changed since; when the changes
/// outgrow the rest they are made into few again. The two latest stay, so that a torn one costs only time. Owned by the
/// lane; saving may run beside it, one at a time.
/// </summary>
/// <param name="store">Keeps the blobs.</param>
/// <param name="lane">Name of the lane: first part of every blob's name.</param>
/// <param name="owner">Sets this process's blobs apart from those of one that believes to own the lane too.</param>
/// <param name="notify">Hears of torn snapshots.</param>
internal sealed class SnapshotKeeper(ISnapshotStore store, string lane, string owner, Action<string> notify)
{
    private const int ManifestsKept = 2;
    private const long CompactFromBytes = 16 << 20;
    private const int SegmentsMax = 256;

    private readonly List<SnapshotSegment> _segments = [];
    private readonly List<(long Number, string Name, SnapshotManifest Manifest)> _kept = [];
    private int _baseCount;
    private long _number;

    /// <summary>
    /// Loads the latest snapshot that is whole into a stage without memory; gives the stage, and null for the manifest
    /// when there is none.
    /// </summary>
    /// <exception cref="LaneFaultedException">A newer version of the program wrote it.</exception>
    public async Task<(TStage Stage, SnapshotManifest? Manifest)> LoadAsync<TStage>(
        Func<TStage> create, CancellationToken cancel)
        where TStage : ISavedStage
    {
        var names = await store.ListAsync(ManifestPrefix, cancel);
        foreach (var name in names.OrderByDescending(NumberOf).ThenByDescending(static name => name, StringComparer.Ordinal))
        {
            using var bytes = await store.ReadAsync(name, cancel);
            var manifest = bytes is null ? null : SnapshotManifest.Read(bytes.Memory.Span, name);
            var stage = create();
            if (manifest is not null && await TryLoadAsync(manifest, stage, cancel))
            {
                _number = Math.Max(_number, NumberOf(name) + 1);
                _segments.AddRange(manifest.Segments);
                _baseCount = manifest.Segments.Count;
                _kept.Add((NumberOf(name), name, manifest));

                // From now on a process that still believes to own the lane leaves these segments alone.
                await WriteManifestAsync(manifest.Resume, manifest.Position, cancel);
                return (stage, manifest);
            }

            _number = Math.Max(_number, NumberOf(name) + 1);
            notify($"Snapshot {name} is torn; the one before it is used.");
        }

        return (create(), null);
    }

    /// <summary>Writes what changed, and a manifest of all. Durable when the task ends.</summary>
    public async Task SaveAsync(IReadOnlyList<byte[]> changes, long resume, long position, CancellationToken cancel)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            _segments.Add(await WriteAsync(changes[i], i, cancel));
        }

        if (IsCompactionDue())
        {
            await CompactAsync(changes.Count, cancel);
        }

        await WriteManifestAsync(resume, position, cancel);
        await ForgetOldAsync(cancel);
    }

    private async Task WriteManifestAsync(long resume, long position, CancellationToken cancel)
    {
        var manifest = new SnapshotManifest(resume, position, [.. _segments]);
        var name = string.Create(CultureInfo.InvariantCulture, $"{ManifestPrefix}{_number:d12}-{owner}");
        await store.WriteAsync(name, new ReadOnlySequence<byte>(manifest.Write()), cancel);
        _kept.Add((_number, name, manifest));
        _number++;
    }

    private string ManifestPrefix => $"{lane}/m-";

    private string SegmentPrefix => $"{lane}/s-";

    private async Task<bool> TryLoadAsync(SnapshotManifest manifest, ISavedStage stage, CancellationToken cancel)
    {
        try
        {
            Task<IMemoryOwner<byte>?>? next = null;
            for (var i = 0; i < manifest.Segments.Count; i++)
            {
                using var bytes = await (next ?? store.ReadAsync(manifest.Segments[i].Name, cancel));
                next = i + 1 < manifest.Segments.Count ? store.ReadAsync(manifest.Segments[i + 1].Name, cancel) : null;
                if (!IsWhole(manifest.Segments[i], bytes))
                {
                    (await (next ?? Task.FromResult<IMemoryOwner<byte>?>(null)))?.Dispose();
                    return false;
                }

                stage.Load(bytes!.Memory.Span);
            }

            stage.EndLoading();
            return true;
        }
        catch (InvalidDataException)
        {
            return false; // Whole, but of no use: written by a program that was wrong.
        }
    }

    private static bool IsWhole(SnapshotSegment segment, IMemoryOwner<byte>? bytes) =>
        bytes is not null && bytes.Memory.Length == segment.Length
        && SHA256.HashData(bytes.Memory.Span).AsSpan().SequenceEqual(segment.Hash);

    private async Task<SnapshotSegment> WriteAsync(byte[] bytes, int index, CancellationToken cancel)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{_number:d12}-{owner}-{index}");
        await store.WriteAsync(name, new ReadOnlySequence<byte>(bytes), cancel);
        return new SnapshotSegment(name, bytes.Length, SHA256.HashData(bytes));
    }

    private bool IsCompactionDue()
    {
        var (older, newer) = (0L, 0L);
        for (var i = 0; i < _segments.Count; i++)
        {
            _ = i < _baseCount ? older += _segments[i].Length : newer += _segments[i].Length;
        }

        return _segments.Count > SegmentsMax || newer > Math.Max(older, CompactFromBytes);
    }

    // Reads what was written rather than holding it in memory: it is seldom, and the lane goes on meanwhile.
    private async Task CompactAsync(int firstIndex, CancellationToken cancel)
    {
        var compactor = new SegmentCompactor();
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            using var bytes = await store.ReadAsync(_segments[i].Name, cancel);
            if (!IsWhole(_segments[i], bytes))
            {
                throw new LaneFaultedException($"Segment {_segments[i].Name} of a snapshot is damaged in its store.");
            }

            compactor.TakeOlder(bytes!.Memory.Span);
        }

        var compact = compactor.Finish();
        _segments.Clear();
        for (var i = 0; i < compact.Count; i++)
        {
            _segments.Add(await WriteAsync(compact[i], firstIndex + i, cancel));
        }

        _baseCount = _segments.Count;
    }

    // What others wrote since we loaded stays, and what it is made of: they may be right about whose the lane is.
    private async Task ForgetOldAsync(CancellationToken cancel)
    {
        if (_kept.Count > ManifestsKept)
        {
            _kept.RemoveRange(0, _kept.Count - ManifestsKept);
        }

        var needed = _kept.SelectMany(static kept => kept.Manifest.Segments).Select(static part => part.Name)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var name in await store.ListAsync(ManifestPrefix, cancel))
        {
            if (_kept.Exists(kept => kept.Name == name))
            {
                continue;
            }

            if (NumberOf(name) < _kept[0].Number)
            {
                await store.DeleteAsync(name, cancel);
                continue;
            }

            using var bytes = await store.ReadAsync(name, cancel);
            var other = bytes is null ? null : SnapshotManifest.Read(bytes.Memory.Span, name);
            needed.UnionWith(other?.Segments.Select(static part => part.Name) ?? []);
        }

        foreach (var name in await store.ListAsync(SegmentPrefix, cancel))
        {
            if (!needed.Contains(name) && NumberOf(name) < _kept[0].Number)
            {
                await store.DeleteAsync(name, cancel);
            }
        }
    }

    // accounts-3/m-000000000012-owner
    private long NumberOf(string name) => long.TryParse(
        name.AsSpan(ManifestPrefix.Length, Math.Min(12, name.Length - ManifestPrefix.Length)),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var number) ? number : -1;
}
