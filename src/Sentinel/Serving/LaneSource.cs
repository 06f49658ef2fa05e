using Sentinel.Hosting.Wiring;

namespace Sentinel.Hosting.Serving;

/// <summary>The store that a serving program works on: opened by it, or handed over open.</summary>
internal sealed class LaneSource
{
    private OpenStore? _handedOver;

    /// <summary>A store to be opened.</summary>
    public LaneSource(string folder) => Folder = folder;

    /// <summary>A store that is open; from now on the serving program's.</summary>
    public LaneSource(string folder, OpenStore store) => (Folder, _handedOver) = (folder, store);

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    /// <summary>The open store. To be called once.</summary>
    public async Task<OpenStore> OpenAsync(CancellationToken cancel)
    {
        var store = _handedOver ?? await OpenStore.OpenAsync(Folder, cancel);
        _handedOver = null;
        return store;
    }
}
