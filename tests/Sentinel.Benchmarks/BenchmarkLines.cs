using System.Buffers;
using Sentinel.Simulation;

namespace Sentinel.Benchmarks;

/// <summary>Lines of one size, as <c>sentinel replay</c> is measured with.</summary>
internal static class BenchmarkLines
{
    public static byte[][] Make(int count, int accounts, int lineBytes = 1024)
    {
        using var traffic = new BenchmarkTraffic(accounts, lineBytes, exchangesPerSecond: 2000, seed: 7);
        var lines = new byte[count][];
        var writer = new ArrayBufferWriter<byte>(2048);
        for (var i = 0; i < count; i++)
        {
            writer.ResetWrittenCount();
            traffic.WriteNext(writer);
            lines[i] = writer.WrittenSpan.TrimEnd((byte)'\n').ToArray();
        }

        return lines;
    }
}
