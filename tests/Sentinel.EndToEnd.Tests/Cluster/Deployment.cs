using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>Topics, a database, a folder of snapshots, and the processes that one test runs over them.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly ClusterParts _parts;
    private readonly Scratch _scratch = new();
    private readonly List<ServedProgram> _started = [];

    private Deployment(ClusterParts parts, string name, int partitions, Database database)
    {
        (_parts, Name, Database) = (parts, name, database);
        Topics = new TopicNames(name);
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Kafka__BootstrapServers"] = parts.Broker.BootstrapServers,
            ["Kafka__LegacyBrokerVersion"] = parts.Broker.Options.LegacyBrokerVersion,
            ["Kafka__TopicPrefix"] = name,
            ["Kafka__Partitions"] = partitions.ToString(CultureInfo.InvariantCulture),
            ["Kafka__SessionTimeout"] = "00:00:06",
            ["ClickHouse__Url"] = database.Url,
            ["ClickHouse__Database"] = database.Name,
            ["ClickHouse__User"] = DatabaseProgram.User,
            ["ClickHouse__Password"] = DatabaseProgram.Password,
            ["Snapshots__Folder"] = Snapshots,
            ["Lanes__SnapshotEvery"] = "00:00:04",
            // Ticks end by what the records say alone: a test that pauses changes nothing.
            ["Lanes__IdleAfter"] = "00:10:00",
        };
    }

    public string Name { get; }

    public Database Database { get; }

    public TopicNames Topics { get; }

    /// <summary>Where lanes keep their state.</summary>
    public string Snapshots => _scratch["snapshots"];

    /// <summary>Settings of the processes, without their prefix.</summary>
    public Dictionary<string, string> Environment { get; }

    public static async Task<Deployment> CreateAsync(
        ClusterParts parts, string name, int partitions, int edgePartitions = 1)
    {
        await parts.Broker.CreateTopicsAsync(new TopicNames(name), partitions, edgePartitions);
        return new Deployment(parts, name, partitions, await parts.Databases.OpenAsync(name));
    }

    /// <summary>Starts a process with a role, without waiting for more than that it listens.</summary>
    public async Task<ServedProgram> StartAsync(string role, params (string Name, string Value)[] settings)
    {
        var served = await ServedProgram.StartAsync(Arguments(role), Settings(settings));
        lock (_started)
        {
            _started.Add(served);
        }

        return served;
    }

    /// <summary>Starts a process with a role and waits until it is ready.</summary>
    public async Task<ServedProgram> ReadyAsync(string role, params (string Name, string Value)[] settings)
    {
        var served = await StartAsync(role, settings);
        await served.UntilReadyAsync();
        return served;
    }

    /// <summary>Runs a process with a role that is to end by itself.</summary>
    public async Task<Ended> EndAsync(string role, params (string Name, string Value)[] settings)
    {
        await using var program = BuiltProgram.Start(Arguments(role), Settings(settings));
        program.Input.Close();
        return await program.WaitAsync();
    }

    /// <summary>Writes records as somebody else's program does.</summary>
    public async Task WriteAsync(string topic, int partition, params (byte[] Key, byte[]? Value)[] records)
    {
        await using var writer = new KafkaRecordWriter(
            _parts.Broker.Options with { TopicPrefix = Name }, TimeProvider.System, static _ => { });
        foreach (var (key, value) in records)
        {
            var written = await writer.WriteAsync(
                topic, partition, key, value, RecordFormat.Unknown, CancellationToken.None);
            await written.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var served in _started)
        {
            await served.DisposeAsync();
        }

        Database.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Stolen reasoning that happens now, as where ticks end by the clock it must.</summary>
    public static IEnumerable<string> StolenNow(string thief, int first)
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        return SampleTraffic.StolenReasoning(thief, first).Select((line, i) =>
        {
            var json = JsonNode.Parse(line)!;
            json["occurred_at"] = at.AddMilliseconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            return json.ToJsonString();
        });
    }

    /// <summary>Waits until a condition holds, for a minute and a half at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(90), $"too long until {what()}");
            await Task.Delay(100);
        }
    }

    private string[] Arguments(string role) =>
        ["serve", "--role", role, "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]];

    private (string Name, string Value)[] Settings((string Name, string Value)[] more)
    {
        var all = new Dictionary<string, string>(Environment, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return [.. all.Select(static pair => ("LLMSENTINEL_" + pair.Key, pair.Value)), ("DOTNET_gcServer", "0")];
    }
}
