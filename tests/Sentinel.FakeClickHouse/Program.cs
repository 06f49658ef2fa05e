using System.Globalization;
using Sentinel.FakeClickHouse;
using Sentinel.Storage;
using Sentinel.Storage.Embedded;

// FOLDER: serves databases until standard input ends, so that it never outlives who started it. Its input is lines:
//   open NAME [PORT]           a new database on a port of its own; its address is said on standard output
//   fail NAME PERCENT SEED     so many of a hundred inserts fail
//   away NAME, back NAME       every connection is cut, and no longer
if (args.Length != 1)
{
    await Console.Error.WriteLineAsync("Usage: FOLDER");
    return 2;
}

using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = args[0] });
var servers = new Dictionary<string, (IClickHouse Database, FakeClickHouseServer Server)>(StringComparer.Ordinal);
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    var name = words[1];
    switch (words[0])
    {
        case "open":
            var database = engine.OpenDatabase(name);
            var opened = await FakeClickHouseServer.StartAsync(
                database, name, certificate: null, words.Length > 2 ? Number(words[2]) : 0);
            servers.Add(name, (database, opened));
            Console.WriteLine(opened.Url);
            break;
        case "fail":
            servers[name].Server.Faults.FailByChance(Number(words[2]), Number(words[3]));
            break;
        case "away" or "back":
            servers[name].Server.Faults.IsAway = words[0] == "away";
            break;
        default:
            await Console.Error.WriteLineAsync($"Not understood: {line}");
            return 2;
    }
}

foreach (var (database, server) in servers.Values)
{
    await server.DisposeAsync();
    await database.DisposeAsync();
}

return 0;

static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
