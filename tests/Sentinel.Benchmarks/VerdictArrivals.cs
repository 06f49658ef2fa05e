using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>
/// Verdicts that arrive at a board as its feed hands them over, on a thread of its own: read from their records, all of the
/// known accounts in turn; or a million other accounts as fast as they are read.
/// </summary>
internal sealed class VerdictArrivals(DecisionBoard board) : IDisposable
{
    private const int SwapAccounts = 1_000_000;
    private const int BatchesPerSecond = 20; // The feed waits up to 50 ms for more.
    private const int SwapBatch = 16_384;

    private readonly VerdictHeadReader _heads = new();
    private readonly List<VerdictHead> _batch = [];
    private Thread? _thread;
    private volatile bool _isEnding;
    private long _arrived;

    public string Begin(int perSecond) => Run(() =>
    {
        var records = Records(0, FrontQuestions.AccountsMax, DateTimeOffset.UnixEpoch.AddDays(1));
        var began = TimeProvider.System.GetTimestamp();
        while (!_isEnding)
        {
            Publish(records, (int)(_arrived % records.Length), perSecond / BatchesPerSecond);
            var left = TimeSpan.FromSeconds(_arrived / (double)perSecond) - TimeProvider.System.GetElapsedTime(began);
            Thread.Sleep(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    });

    public string Swap() => Run(() =>
    {
        var records = Records(FrontQuestions.AccountsMax, SwapAccounts, DateTimeOffset.UnixEpoch);
        while (!_isEnding && _arrived < records.Length)
        {
            Publish(records, (int)_arrived, Math.Min(SwapBatch, records.Length - (int)_arrived));
        }
    });

    public string End()
    {
        _isEnding = true;
        _thread?.Join();
        _isEnding = false;
        return string.Create(CultureInfo.InvariantCulture, $"{_arrived} verdicts arrived, {board.Count} held");
    }

    public void Dispose() => End();

    private string Run(Action publish)
    {
        _arrived = 0;
        _thread = new Thread(() => publish());
        _thread.Start();
        return "begun";
    }

    private void Publish(byte[][] records, int first, int count)
    {
        _batch.Clear();
        for (var i = 0; i < count; i++)
        {
            _batch.Add(_heads.TryRead(records[(first + i) % records.Length], out var verdict)
                ? verdict
                : throw new InvalidOperationException("A record that was just written."));
        }

        board.Publish(CollectionsMarshal.AsSpan(_batch));
        _arrived += count;
    }

    private static byte[][] Records(int first, int count, DateTimeOffset at)
    {
        var writer = new VerdictRecord();
        return [.. Enumerable.Range(first, count).Select(i => writer.Write(FrontServer.VerdictOf(i, at)).ToArray())];
    }
}
