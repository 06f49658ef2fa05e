using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <summary>Options as the client library takes them.</summary>
internal static class ClientSettings
{
    /// <summary>How long a consumer may be silent before the group takes its partitions.</summary>
    public static readonly TimeSpan PollTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Longest value that a broker is asked to take.</summary>
    public const int MessageBytesMax = 8 << 20;

    public static ConsumerConfig Consumer(KafkaOptions options, string group)
    {
        var config = new ConsumerConfig(Common(options))
        {
            GroupId = group,
            EnableAutoCommit = true, // Of what is stored, which happens when it is durable.
            EnableAutoOffsetStore = false,
            AutoCommitIntervalMs = 1_000,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            MaxPollIntervalMs = (int)PollTimeout.TotalMilliseconds,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = 1_000, // Its answer is how a member hears of a rebalance.
            CheckCrcs = true,
            FetchWaitMaxMs = 100,
            FetchErrorBackoffMs = 100,
            MaxPartitionFetchBytes = 4 << 20,
            QueuedMinMessages = 20_000,
            QueuedMaxMessagesKbytes = 32 << 10,
            ConsumeResultFields = "headers,timestamp", // The topic is known; its name is not made again per record.
        };
        if (options.GroupInstanceId.Length > 0 && !options.IsLegacy)
        {
            config.GroupInstanceId = options.GroupInstanceId;
        }

        return Extended(config, options);
    }

    public static ConsumerConfig Reader(KafkaOptions options)
    {
        var config = new ConsumerConfig(Common(options))
        {
            GroupId = $"{options.ClientId}-table", // Asked for by the library; nothing is committed to it.
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            CheckCrcs = true,
            FetchWaitMaxMs = 100,
            FetchErrorBackoffMs = 100,
            QueuedMaxMessagesKbytes = 16 << 10,
            ConsumeResultFields = "none",
        };
        return Extended(config, options);
    }

    public static ProducerConfig Producer(KafkaOptions options) => Extended(
        new ProducerConfig(Common(options))
        {
            Acks = Acks.All,
            EnableIdempotence = !options.IsLegacy,
            // A piece behind one that failed for good must not land: its number would make the failed one a repeat.
            EnableGaplessGuarantee = !options.IsLegacy,
            MaxInFlight = options.IsLegacy ? 1 : 5, // Order survives a retry.
            CompressionType = options.IsLegacy ? CompressionType.Snappy : CompressionType.Lz4,
            Partitioner = Partitioner.Murmur2Random, // As every Java client: a key has one partition, whoever writes.
            LingerMs = 5,
            MessageMaxBytes = MessageBytesMax,
            MessageTimeoutMs = (int)Math.Min(int.MaxValue, options.WriteTimeout.TotalMilliseconds),
            QueueBufferingMaxMessages = 0, // The writer's own gate bounds the bytes.
            QueueBufferingMaxKbytes = int.MaxValue >> 10,
            EnableDeliveryReports = true,
            DeliveryReportFields = "none",
        },
        options);

    public static AdminClientConfig Admin(KafkaOptions options) =>
        Extended(new AdminClientConfig(Common(options)), options);

    private static ClientConfig Common(KafkaOptions options)
    {
        var config = new ClientConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = options.ClientId,
            SecurityProtocol = options.Security switch
            {
                KafkaSecurity.Ssl => SecurityProtocol.Ssl,
                KafkaSecurity.SaslPlaintext => SecurityProtocol.SaslPlaintext,
                KafkaSecurity.SaslSsl => SecurityProtocol.SaslSsl,
                _ => SecurityProtocol.Plaintext,
            },
            ReconnectBackoffMs = 100,
            ReconnectBackoffMaxMs = 2_000, // A broker that is back is used within seconds.
            SocketKeepaliveEnable = true,
            TopicMetadataRefreshIntervalMs = 30_000,
        };
        if (options.AsksForUser)
        {
            config.SaslMechanism = options.Mechanism switch
            {
                KafkaMechanism.Plain => SaslMechanism.Plain,
                KafkaMechanism.ScramSha256 => SaslMechanism.ScramSha256,
                _ => SaslMechanism.ScramSha512,
            };
            config.SaslUsername = options.User;
            config.SaslPassword = options.Password;
        }

        if (options.CaFile.Length > 0)
        {
            config.SslCaLocation = options.CaFile;
        }

        if (options.IsLegacy)
        {
            config.ApiVersionRequest = false;
            config.BrokerVersionFallback = options.LegacyBrokerVersion;
        }

        return config;
    }

    private static T Extended<T>(T config, KafkaOptions options)
        where T : ClientConfig
    {
        foreach (var (name, value) in options.Extra)
        {
            config.Set(name, value);
        }

        return config;
    }}
