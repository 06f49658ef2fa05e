using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Storage.Formats;
using Sentinel.Storage.Lanes;

namespace Sentinel.Storage.Tests.Children;

/// <summary>
/// Prints what storing and recovering exchanges costs: <c>dotnet run --project tests/Sentinel.Storage.Tests -c
/// Release -- measure FOLDER ROWS</c>.
/// </summary>
internal static class Measurement
{
    private const int BlockRows = 65_536;
    private const int AccountCount = 100_000;

    public static async Task RunAsync(string folder, int rowCount)
    {
        await using (var engine = await EngineScope.OpenAsync(folder))
        {
            await AppendAsync(engine.ClickHouse, rowCount);
            await PrintPartsAsync(engine.ClickHouse);
        }

        await using (var engine = await EngineScope.OpenAsync(folder))
        {
            await RecoverAsync(engine.ClickHouse);
        }
    }

    private static async Task AppendAsync(IClickHouse clickHouse, int rowCount)
    {
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var observation = new Observation();
        var start = Meter.Now();
        long allocatedMost = 0;
        var commit = Task.CompletedTask;
        for (var i = 0; i < rowCount; i++)
        {
            FillLikeTraffic(observation, (ulong)i);
            var before = GC.GetAllocatedBytesForCurrentThread();
            store.Append(observation);
            if (i > 3 * BlockRows)
            {
                allocatedMost = Math.Max(allocatedMost, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            if (store.PendingRows == BlockRows)
            {
                commit = store.CommitAsync(CancellationToken.None);
            }
        }

        await store.CommitAsync(CancellationToken.None);
        await commit;
        start.Print("append and commit", rowCount);
        Console.WriteLine($"most bytes allocated by one append after warm-up: {allocatedMost}");
        start = Meter.Now();
        for (var i = 0; i < rowCount; i++)
        {
            FillLikeTraffic(observation, (ulong)i);
        }

        start.Print("of which making up the rows", rowCount);
    }

    private static async Task RecoverAsync(IClickHouse clickHouse)
    {
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        for (var round = 0; round < 2; round++)
        {
            await using var again = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
            var start = Meter.Now();
            var sum = 0UL;
            var count = await again.RecoverAsync(o => sum += o.ContentKey, CancellationToken.None);
            start.Print("recover", count);
        }
    }

    private static async Task PrintPartsAsync(IClickHouse clickHouse)
    {
        using var bytes = await clickHouse.QueryAsync(
            """
            SELECT concat(part_type, ' parts: ', toString(count()), ', bytes a row: ',
              toString(round(sum(bytes_on_disk) / sum(rows), 1)))
            FROM system.parts WHERE active AND table = 'exchanges' AND database = currentDatabase()
            GROUP BY part_type LIMIT 10
            """,
            ClickHouseFormat.RowBinary,
            [],
            CancellationToken.None);
        Print(bytes.Memory.Span);
    }

    private static void Print(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        while (!reader.IsAtEnd)
        {
            Console.WriteLine(reader.TakeText());
        }
    }

    // Keys by account, few plans and agents, many unknowns: what traffic of 100,000 accounts looks like to codecs.
    private static void FillLikeTraffic(Observation o, ulong seed)
    {
        Span<byte> account = stackalloc byte[16];
        var number = KeyHash.Mix(seed) % AccountCount;
        "acct-"u8.CopyTo(account);
        number.TryFormat(account[5..], out var length, "D6", CultureInfo.InvariantCulture);
        var random = KeyHash.Mix(seed + 77);
        o.EventKey = new EventKey(random, KeyHash.Mix(random));
        o.OccurredAtMs = Sample.Start.ToUnixTimeMilliseconds() + ((long)seed * 3);
        o.AccountId.Set(account[..(5 + length)]);
        o.AccountCreatedAtMs = 1_700_000_000_000 + (long)(KeyHash.Mix(number) % 1_000_000_000);
        o.OrgKey = number % 5 == 0 ? KeyHash.Mix(number / 50) : 0;
        o.PlanKey = KeyHash.Mix(number % 5);
        o.SignupRouteKey = KeyHash.Mix(number % 4);
        o.EmailDomainKey = KeyHash.Mix(number % 300);
        o.EmailKey = KeyHash.Mix(number + 1);
        o.PaymentKey = KeyHash.Mix(number + 2);
        o.PhoneKey = number % 3 == 0 ? KeyHash.Mix(number + 3) : 0;
        o.AccountCountryKey = KeyHash.Mix(number % 60);
        o.IpKey = KeyHash.Mix(number + (random % 4));
        o.IpBlockKey = KeyHash.Mix(number % 20_000);
        o.UserAgentKey = KeyHash.Mix(number % 40);
        o.Ja4Key = KeyHash.Mix(number % 60);
        o.DeviceKey = KeyHash.Mix(number + 5);
        o.ModelKey = KeyHash.Mix(random % 6);
        o.Turn = (int)(random % 6);
        o.SampleCount = Exchange.Unknown;
        o.InputTokens = (int)(random % 3000);
        o.OutputTokens = (int)(random / 7 % 2000);
        o.ContentKey = random;
        o.Frame.SystemAnchor = number % 2 == 0 ? KeyHash.Mix(number % 2000) : 0;
        o.Frame.HeadAnchor = random + 1;
        o.Frame.TailAnchor = random + 2;
        foreach (ref var item in o.Frame.Minima)
        {
            item = (uint)(random = KeyHash.Mix(random));
        }

        o.Scores.HarvestSteps = (ushort)(random % 2000);
        foreach (ref var item in o.Scores.KindSteps)
        {
            item = (ushort)((random >>= 3) % 2000);
        }

        foreach (ref var item in o.Scores.Embedding)
        {
            item = (sbyte)(random = KeyHash.Mix(random));
        }

        if (random % 10 == 0)
        {
            o.Excerpt.Set(Excerpts[(int)(random / 10 % (ulong)Excerpts.Length)]);
        }
        else
        {
            o.Excerpt.Clear();
        }
    }

    private static readonly byte[][] Excerpts =
    [
        .. Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes(string.Join(
            ' ', Enumerable.Range(0, 40).Select(j => "word" + (KeyHash.Mix((ulong)((i * 40) + j)) % 900))))),
    ];

    private readonly record struct Meter(TimeSpan Wall, TimeSpan Cpu)
    {
        private static readonly Process Self = Process.GetCurrentProcess();

        public static Meter Now()
        {
            Self.Refresh();
            return new Meter(Stopwatch.GetElapsedTime(0), Self.TotalProcessorTime);
        }

        public void Print(string what, long rowCount)
        {
            var now = Now();
            var wall = now.Wall - Wall;
            var cpu = now.Cpu - Cpu;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {rowCount} rows, {rowCount / wall.TotalSeconds:F0} rows/s, ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cpu.TotalMicroseconds / rowCount:F2} µs CPU/row, resident {Self.WorkingSet64 >> 20} MiB"));
        }
    }
}
