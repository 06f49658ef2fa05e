using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Testing.Kafka;

/// <summary>
/// A real broker with a real log on disk, Kafka 0.9: old, but it can be killed and started again. Topics come into
/// being on first use, each with the same number of partitions.
/// </summary>
public sealed class LegacyBroker : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmsentinel-kafka-");
    private readonly string _jars;
    private readonly int _port = FreePort();
    private readonly int _keeperPort = FreePort();
    private JavaProgram? _keeper;
    private JavaProgram? _broker;

    private LegacyBroker(string jars)
    {
        _jars = jars;
    }

    /// <summary>Why it cannot be started here; null when it can.</summary>
    public static string? Lacking =>
        Jars() is null ? "The real Kafka broker was not brought: ./sentinel test does it where npm and java are."
        : !HasJava() ? "There is no java to run the real Kafka broker."
        : null;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    public KafkaOptions Options => new()
    {
        BootstrapServers = BootstrapServers,
        LegacyBrokerVersion = "0.9.0.1",
        SessionTimeout = TimeSpan.FromSeconds(6),
        RevokeTimeout = TimeSpan.FromSeconds(5),
    };

    public static async Task<LegacyBroker> StartAsync(int partitions)
    {
        var broker = new LegacyBroker(Jars() ?? throw new InvalidOperationException(Lacking));
        try
        {
            await broker.StartKeeperAsync();
            await broker.WritePropertiesAsync(partitions);
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Creates the topics of a prefix as a deployment has them, by one session of the keeper's own command line: the
    /// broker's command starts a machine for each topic.
    /// </summary>
    /// <param name="topics">Their names.</param>
    /// <param name="partitions">Partitions of exchanges, links and verdicts.</param>
    /// <param name="edgePartitions">Partitions of the edges, of which one alone is right.</param>
    public async Task CreateTopicsAsync(TopicNames topics, int partitions, int edgePartitions = 1)
    {
        ArgumentNullException.ThrowIfNull(topics);
        (string Name, int Count, bool IsCompacted)[] wanted =
        [
            (topics.Exchanges, partitions, false), (topics.Links, partitions, false),
            (topics.Edges, edgePartitions, false), (topics.Verdicts, partitions, true), (topics.Rulings, 1, true),
            (topics.DeadLetters, 1, false),
        ];
        var commands = new StringBuilder();
        foreach (var (name, count, isCompacted) in wanted)
        {
            var policy = isCompacted ? ",\"cleanup.policy\":\"compact\"" : "";
            var replicas = string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"{i}\":[0]"));
            commands.AppendLine(CultureInfo.InvariantCulture, $$$$"""
                create /config/topics/{{{{name}}}} {"version":1,"config":{"max.message.bytes":"8388608"{{{{policy}}}}}}
                create /brokers/topics/{{{{name}}}} {"version":1,"partitions":{{{{{replicas}}}}}}
                """);
        }

        await KeepAsync(commands.AppendLine("quit").ToString());
        await UntilLedAsync(wanted.ToDictionary(static topic => topic.Name, static topic => topic.Count));
    }

    /// <summary>Changes one byte in the middle of what a partition's log holds.</summary>
    public void Damage(string topic, int partition)
    {
        var path = PathOf($"log/{topic}-{partition}/00000000000000000000.log");
        using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        log.Position = (log.Length / 2) + 100; // Within a value, of which there is a checksum.
        var old = log.ReadByte();
        log.Position--;
        log.WriteByte((byte)(old ^ 0x55));
    }

    /// <summary>Kill -9; the log stays.</summary>
    public async Task KillAsync()
    {
        await (_broker?.KillAsync() ?? Task.CompletedTask);
        _broker?.Dispose();
        _broker = null;
    }

    /// <summary>Starts it on its log, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        var from = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(from) < StartLimit)
        {
            // While the session of a killed one lives on, a new one is turned away and ends.
            _broker = Java("kafka", "-Xmx384m", "-cp", $"{_jars}/*", "kafka.Kafka", PathOf("server.properties"));
            if (await AnswersAsync(_broker))
            {
                return;
            }

            await KillAsync();
        }

        throw new InvalidOperationException($"The broker does not start: {await LogEndAsync("kafka")}");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await (_keeper?.KillAsync() ?? Task.CompletedTask);
        _keeper?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string? Jars()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var jars = Path.Combine(folder.FullName, ".sentinel", "kafka", "libs");
            if (Directory.Exists(jars))
            {
                return jars;
            }
        }

        return null;
    }

    private static bool HasJava() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "java")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private JavaProgram Java(string name, params string[] arguments) => new(
        PathOf(name + ".log"),
        [
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            $"-Dlog4j.configuration=file:{PathOf("log4j.properties")}",
            .. arguments,
        ]);

    private async Task StartKeeperAsync()
    {
        await File.WriteAllTextAsync(PathOf("keeper.properties"), string.Create(CultureInfo.InvariantCulture, $"""
            dataDir={PathOf("keeper")}
            clientPort={_keeperPort}
            clientPortAddress=127.0.0.1
            tickTime=500
            minSessionTimeout=1000
            maxSessionTimeout=20000
            maxClientCnxns=0
            """));
        await File.WriteAllTextAsync(PathOf("log4j.properties"), """
            log4j.rootLogger=WARN, out
            log4j.appender.out=org.apache.log4j.ConsoleAppender
            log4j.appender.out.layout=org.apache.log4j.PatternLayout
            log4j.appender.out.layout.ConversionPattern=%d %p %m%n
            """);
        _keeper = Java(
            "keeper", "-Xmx96m", "-cp", $"{_jars}/*",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", PathOf("keeper.properties"));
    }

    private Task WritePropertiesAsync(int partitions) => File.WriteAllTextAsync(
        PathOf("server.properties"),
        string.Create(CultureInfo.InvariantCulture, $"""
            broker.id=0
            listeners=PLAINTEXT://127.0.0.1:{_port}
            log.dirs={PathOf("log")}
            zookeeper.connect=127.0.0.1:{_keeperPort}
            zookeeper.session.timeout.ms=1500
            zookeeper.connection.timeout.ms=20000
            num.partitions={partitions}
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            group.min.session.timeout.ms=1000
            message.max.bytes=8388608
            replica.fetch.max.bytes=8388608
            num.recovery.threads.per.data.dir=2
            """));

    private async Task KeepAsync(string commands)
    {
        var start = new ProcessStartInfo(
            "java",
            [
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m",
                $"-Dlog4j.configuration=file:{PathOf("log4j.properties")}", "-cp", $"{_jars}/*",
                "org.apache.zookeeper.ZooKeeperMain", "-server", $"127.0.0.1:{_keeperPort}",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var keeper = Process.Start(start) ?? throw new InvalidOperationException("No java.");
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            var told = keeper.StandardOutput.ReadToEndAsync(limit.Token);
            var faults = keeper.StandardError.ReadToEndAsync(limit.Token);
            await keeper.StandardInput.WriteAsync(commands.AsMemory(), limit.Token);
            keeper.StandardInput.Close();
            await Task.WhenAll(told, faults);
            await keeper.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!keeper.HasExited)
            {
                keeper.Kill();
            }
        }
    }

    // The controller hears of a new topic, and leads its partitions, a moment later.
    private async Task UntilLedAsync(IReadOnlyDictionary<string, int> topics)
    {
        using var client = Admin();
        var from = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var led = await Task.Run(() => client.GetMetadata(TimeSpan.FromSeconds(5)).Topics);
            if (topics.All(wanted => led.Exists(topic => topic.Topic == wanted.Key
                && topic.Partitions.Count(static partition => partition.Leader >= 0) == wanted.Value)))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(from) > StartLimit)
            {
                throw new InvalidOperationException($"The topics are not led: {await LogEndAsync("kafka")}");
            }

            await Task.Delay(100);
        }
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig
    {
        BootstrapServers = BootstrapServers,
        ApiVersionRequest = false,
        BrokerVersionFallback = "0.9.0.1",
        ReconnectBackoffMaxMs = 500,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    private async Task<bool> AnswersAsync(JavaProgram program)
    {
        using var client = Admin();
        var from = TimeProvider.System.GetTimestamp();
        while (!program.HasExited && TimeProvider.System.GetElapsedTime(from) < StartLimit)
        {
            try
            {
                if (await Task.Run(() => client.GetMetadata(TimeSpan.FromSeconds(1)).Brokers.Count > 0))
                {
                    return true;
                }
            }
            catch (KafkaException)
            {
                await Task.Delay(100);
            }
        }

        return false;
    }

    private async Task<string> LogEndAsync(string name)
    {
        var lines = File.Exists(PathOf(name + ".log")) ? await File.ReadAllLinesAsync(PathOf(name + ".log")) : [];
        return string.Join('\n', lines.TakeLast(20));
    }
}
