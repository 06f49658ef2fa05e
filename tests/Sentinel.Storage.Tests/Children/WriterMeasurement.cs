using System.Diagnostics;
using System.Globalization;
using Sentinel.Detection.Observations;
using Sentinel.FakeClickHouse;
using Sentinel.Storage.Http;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Migrations;

namespace Sentinel.Storage.Tests.Children;

/// <summary>
/// Compares our writer with <c>curl --data-binary</c>, same bytes, same server, turn about: <c>dotnet run --project
/// tests/Sentinel.Storage.Tests -c Release -- measure-http ROUNDS</c>. First against the real server, where the rows go
/// nowhere (ENGINE = Null), so that the client is what limits; then the whole lane, appending included, against
/// current SQL and the real table.
/// </summary>
internal static class WriterMeasurement
{
    private const int BlockRows = 50_000;
    private const int BlocksEachTime = 20;

    public static async Task RunAsync(int rounds)
    {
        if (OldServer.TryBring() is { } missing)
        {
            Console.WriteLine(missing);
        }
        else
        {
            await MeasureWriterAsync(rounds);
        }

        await MeasureLaneAsync(rounds);
    }

    private static async Task MeasureWriterAsync(int rounds)
    {
        using var server = new OldServer();
        await server.StartAsync();
        var options = new HttpClickHouseOptions
        {
            Url = server.Url,
            Database = "default",
            User = "sentinel",
            Password = "test",
            Compression = WireCompression.None,
            IsPlain = true,
        };
        await using var http = new HttpClickHouse(options, TimeProvider.System, new Random(1));
        var (body, columns) = OldBlock();
        await http.ExecuteAsync($"CREATE TABLE sink ({columns.Types}) ENGINE = Null", [], CancellationToken.None);
        var target = new InsertTarget($"INSERT INTO sink ({columns.Names})", ClickHouseFormat.Native, Token: "");
        var file = await SaveAsync(body);
        var url = $"{server.Url}/?query={Uri.EscapeDataString($"{target.Into} FORMAT Native")}";
        await CompareAsync(
            "writer, table Null of server 18.16",
            rounds,
            new FileInfo(file).Length,
            async () =>
            {
                for (var i = 0; i < BlocksEachTime; i++)
                {
                    await http.InsertAsync(target, body, CancellationToken.None);
                }
            },
            () => CurlAsync(file, [.. Enumerable.Repeat(url, BlocksEachTime)], "sentinel", "test"));
        File.Delete(file);
    }

    private static async Task MeasureLaneAsync(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-measure-").FullName;
        await using (var scope = await EngineScope.OpenAsync(folder))
        await using (var server = await FakeClickHouseServer.StartAsync(
            scope.ClickHouse, "sentinel", certificate: null))
        {
            var options = new HttpClickHouseOptions
            {
                Url = server.Url,
                User = FakeClickHouseServer.User,
                Password = FakeClickHouseServer.Password,
                Compression = WireCompression.None,
            };
            await using var http = new HttpClickHouse(options, TimeProvider.System, new Random(1));
            await Migrator.ApplyAsync(http, Migration.Own, CancellationToken.None);
            await using var store = await LaneStore.OpenFedAsync(http, 0, CancellationToken.None);
            var block = new ExchangeBlock();
            var observations = Enumerable.Range(0, 256).Select(Observation).ToArray();
            Fill(block.Append, observations, start: 0);
            var file = await SaveAsync(block.Body());
            var query = Uri.EscapeDataString($"INSERT INTO exchanges ({ExchangeColumns.Names}) FORMAT Native");
            var offset = 0L;
            var token = 0;
            await CompareAsync(
                "lane with appending, table exchanges of the stand-in",
                rounds,
                new FileInfo(file).Length,
                async () =>
                {
                    var last = Task.CompletedTask;
                    for (var i = 0; i < BlocksEachTime; i++)
                    {
                        Fill((_, observation) => store.Append(observation), observations, offset);
                        offset += BlockRows;
                        last = store.CommitAsync(CancellationToken.None);
                    }

                    await last;
                },
                () => CurlAsync(
                    file,
                    [
                        .. Enumerable.Range(0, BlocksEachTime).Select(_ => string.Create(
                            CultureInfo.InvariantCulture,
                            $"{server.Url}/?database=sentinel&query={query}&insert_deduplication_token=curl{token++}")),
                    ],
                    FakeClickHouseServer.User,
                    FakeClickHouseServer.Password));
            File.Delete(file);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task CompareAsync(
        string what, int rounds, long blockBytes, Func<Task> ours, Func<Task> curls)
    {
        await ours();
        await curls();
        var ourTimes = new List<double>();
        var curlTimes = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            ourTimes.Add(await SecondsAsync(ours));
            curlTimes.Add(await SecondsAsync(curls));
        }

        var (our, curl) = (Median(ourTimes), Median(curlTimes));
        var bytes = blockBytes * (double)BlocksEachTime / (1 << 20);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: ours {bytes / our:F0} MiB/s ({BlocksEachTime * BlockRows / our:F0} rows/s), ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"curl {bytes / curl:F0} MiB/s, ratio {curl / our:F2} (medians of {rounds})"));
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    // One process for all blocks, so that its start does not count against it twenty times.
    private static async Task CurlAsync(string file, string[] urls, string user, string password)
    {
        var start = new ProcessStartInfo("curl") { RedirectStandardError = true };
        foreach (var argument in (string[])
            [
                "--silent", "--show-error", "--fail", "--header", "Expect:",
                "--header", "X-ClickHouse-User: " + user, "--header", "X-ClickHouse-Key: " + password,
                "--data-binary", "@" + file, .. urls,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("No curl.");
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"curl: {said}");
        }
    }

    private static async Task<string> SaveAsync(IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        var file = Path.GetTempFileName();
        await using var stream = File.OpenWrite(file);
        foreach (var piece in body)
        {
            await stream.WriteAsync(piece);
        }

        return file;
    }

    private static Observation Observation(int seed)
    {
        var observation = new Observation();
        Sample.Fill(observation, (ulong)seed);
        return observation;
    }

    private static void Fill(Action<int, Observation> append, Observation[] observations, long start)
    {
        for (var i = 0; i < BlockRows; i++)
        {
            var observation = observations[i % observations.Length];
            observation.Offset = start + i;
            append(0, observation);
        }
    }

    // A block of about the same size with types that the old server knows.
    private static (IReadOnlyList<ReadOnlyMemory<byte>> Body, (string Names, string Types) Columns) OldBlock()
    {
        var shapes = ExchangeColumns.All
            .Where(shape => shape.Type is "UInt32" or "UInt64" or "Int32" or "UInt16" or "String")
            .ToArray();
        var body = new List<ReadOnlyMemory<byte>>();
        var head = new byte[2 * Formats.VarInt.BytesMax];
        var length = Formats.VarInt.Write(head, (ulong)shapes.Length);
        length += Formats.VarInt.Write(head.AsSpan(length), BlockRows);
        body.Add(head.AsMemory(0, length));
        var random = new Random(1);
        var bytes = new byte[64];
        foreach (var shape in shapes)
        {
            var column = new Formats.NativeColumn(shape, 64 << 20);
            for (var row = 0; row < BlockRows; row++)
            {
                random.NextBytes(bytes);
                if (shape.Width == Formats.ColumnShape.Text)
                {
                    column.PutText(bytes);
                }
                else
                {
                    column.PutBytes(bytes.AsSpan(0, shape.Width));
                }
            }

            column.AddTo(body);
        }

        return (body, (
            string.Join(", ", shapes.Select(shape => shape.Name)),
            string.Join(", ", shapes.Select(shape => $"{shape.Name} {shape.Type}"))));
    }
}
