using System.Globalization;
using Sentinel.FakeClickHouse;
using Sentinel.Storage.Embedded;

// FOLDER DATABASE PORT [PERCENT SEED]: serves until standard input ends, so that it never outlives who started it.
// Says its address on standard output.
if (args.Length is not (3 or 5))
{
    await Console.Error.WriteLineAsync("Usage: FOLDER DATABASE PORT [PERCENT SEED]");
    return 2;
}

using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = args[0] });
await using var database = engine.OpenDatabase(args[1]);
var port = int.Parse(args[2], CultureInfo.InvariantCulture);
await using var server = await FakeClickHouseServer.StartAsync(database, args[1], certificate: null, port);
if (args.Length == 5)
{
    server.Faults.FailByChance(
        int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture));
}

Console.WriteLine(server.Url);

// Lines "away" and "back" cut every connection and stop doing so.
while (await Console.In.ReadLineAsync() is { } line)
{
    server.Faults.IsAway = line == "away";
}

return 0;
