namespace Sentinel.Streaming.Kafka;

/// <summary>How Kafka is reached and used. Check <see cref="Faults"/> before the first use.</summary>
public sealed record KafkaOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Kafka";

    /// <summary>Brokers to begin with: <c>host:port</c>, separated by commas. Required.</summary>
    public string BootstrapServers { get; init; } = "";

    /// <summary>First part of every topic's name.</summary>
    public string TopicPrefix { get; init; } = "sentinel";

    /// <summary>How the connection is protected.</summary>
    public KafkaSecurity Security { get; init; } = KafkaSecurity.Plaintext;

    /// <summary>How the user is proven, where <see cref="Security"/> asks for one.</summary>
    public KafkaMechanism Mechanism { get; init; } = KafkaMechanism.ScramSha512;

    /// <summary>The user, where <see cref="Security"/> asks for one.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>Certificates that the brokers' must descend from, PEM; empty for the machine's own.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>What brokers call this client in their logs and quotas.</summary>
    public string ClientId { get; init; } = "llm-sentinel";

    /// <summary>
    /// A name that this process keeps over restarts and no other process has, such as a pod's. Its partitions then wait
    /// for it for <see cref="SessionTimeout"/> instead of moving at once. Empty: partitions move at every restart.
    /// </summary>
    public string GroupInstanceId { get; init; } = "";

    /// <summary>How long the group waits for a silent process before others get its partitions.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Partitions of the exchanges, links and verdicts; the most lanes that can share the work.</summary>
    public int Partitions { get; init; } = 12;

    /// <summary>Copies of every partition that is created. Use 3 where there are three brokers.</summary>
    public int ReplicationFactor { get; init; } = 1;

    /// <summary>Missing topics are created; else they are reported with the commands that create them.</summary>
    public bool CreateTopics { get; init; } = true;

    /// <summary>How long created topics keep exchanges, links and edges.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Memory that records read ahead of the lanes may take, in each process and topic. Default 128 MiB, a second of
    /// work for two lanes; divided among the assigned partitions, which get 2 MiB each at least.
    /// </summary>
    public long InboxBytesMax { get; init; } = 128L << 20;

    /// <summary>Memory that records on their way to the brokers may take, in each writer. Default 64 MiB.</summary>
    public long WriteBytesMax { get; init; } = 64L << 20;

    /// <summary>How long a record waits for brokers that are away before the lane gives up.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a lane has to make its work durable when its partition goes elsewhere.</summary>
    public TimeSpan RevokeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for brokers at the start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Version of brokers older than 0.10, which cannot say it themselves, such as <c>0.9.0.1</c>. Empty for all
    /// others.
    /// </summary>
    public string LegacyBrokerVersion { get; init; } = "";

    /// <summary>
    /// Settings of librdkafka by its own names, for what no option above covers. Those that decide whether records are
    /// lost are not taken.
    /// </summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>Everything that is wrong with the options, each naming its key; empty when they can be used.</summary>
    public IReadOnlyList<string> Faults() => KafkaOptionsCheck.Faults(this);

    /// <summary>Names of the topics.</summary>
    public Partitions.TopicNames Topics => new(TopicPrefix);

    internal bool IsLegacy => LegacyBrokerVersion.Length > 0;

    internal bool AsksForUser => Security is KafkaSecurity.SaslPlaintext or KafkaSecurity.SaslSsl;

    /// <summary>Without the password.</summary>
    public override string ToString() => $"Kafka at {BootstrapServers}";
}

/// <summary>How the connection to Kafka is protected.</summary>
public enum KafkaSecurity
{
    /// <summary>Not at all.</summary>
    Plaintext,

    /// <summary>TLS.</summary>
    Ssl,

    /// <summary>User and password, without TLS: for networks of their own alone.</summary>
    SaslPlaintext,

    /// <summary>User and password over TLS.</summary>
    SaslSsl,
}

/// <summary>How a user is proven to Kafka.</summary>
public enum KafkaMechanism
{
    /// <summary>The password is sent as it is.</summary>
    Plain,

    /// <summary>SCRAM with SHA-256.</summary>
    ScramSha256,

    /// <summary>SCRAM with SHA-512.</summary>
    ScramSha512,
}
