using System.Globalization;
using System.Text.RegularExpressions;

namespace Sentinel.Streaming.Kafka;

/// <summary>What is wrong with options, each sentence beginning with the key at fault.</summary>
internal static partial class KafkaOptionsCheck
{
    private const int PartitionsMax = 10_000;
    private const int ReplicationMax = 15;
    private const long InboxBytesMin = 4L << 20;
    private const long InboxBytesTop = 64L << 30;

    // Offsets are stored when everything is durable, and a write counts when all replicas have it: these decide that.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "bootstrap.servers", "group.id", "group.instance.id", "enable.auto.commit", "enable.auto.offset.store",
        "auto.offset.reset", "partition.assignment.strategy", "acks", "request.required.acks", "enable.idempotence",
        "enable.partition.eof", "enable.sparse.connections", "sasl.password", "sasl.username",
    };

    public static IReadOnlyList<string> Faults(KafkaOptions options)
    {
        var faults = new List<string>();
        CheckAddress(options, faults);
        CheckSecurity(options, faults);
        CheckNumbers(options, faults);
        CheckTimes(options, faults);
        foreach (var name in options.Extra.Keys.Where(Reserved.Contains).Order(StringComparer.Ordinal))
        {
            faults.Add($"{Key(nameof(options.Extra))}:{name} cannot be set here: the program decides it.");
        }

        return faults;
    }

    private static void CheckAddress(KafkaOptions options, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
        {
            faults.Add(
                $"{Key(nameof(options.BootstrapServers))} is missing: brokers as host:port, separated by commas.");
        }
        else if (options.BootstrapServers.Split(',').FirstOrDefault(part => !Address().IsMatch(part.Trim())) is { } bad)
        {
            faults.Add($"{Key(nameof(options.BootstrapServers))} holds '{bad.Trim()}', which is not host:port.");
        }

        if (!TopicName().IsMatch(options.TopicPrefix))
        {
            faults.Add(
                $"{Key(nameof(options.TopicPrefix))} may hold letters, digits, '.', '_' and '-', 1 to 200 of them.");
        }

        if (options.IsLegacy && !Version.TryParse(options.LegacyBrokerVersion, out _))
        {
            faults.Add($"{Key(nameof(options.LegacyBrokerVersion))} is not a version such as 0.9.0.1.");
        }
    }

    private static void CheckSecurity(KafkaOptions options, List<string> faults)
    {
        if (options.AsksForUser && options.User.Length == 0)
        {
            faults.Add($"{Key(nameof(options.User))} is missing: {Key(nameof(options.Security))} asks for one.");
        }

        if (options.AsksForUser && options.Password.Length == 0)
        {
            faults.Add($"{Key(nameof(options.Password))} is missing: {Key(nameof(options.Security))} asks for one.");
        }

        if (!options.AsksForUser && options.User.Length > 0)
        {
            faults.Add($"{Key(nameof(options.User))} is set, yet {Key(nameof(options.Security))} does not use it: "
                + "set it to SaslSsl or SaslPlaintext.");
        }

        if (options.CaFile.Length > 0 && !File.Exists(options.CaFile))
        {
            faults.Add($"{Key(nameof(options.CaFile))}: there is no file {options.CaFile}.");
        }
    }

    private static void CheckNumbers(KafkaOptions options, List<string> faults)
    {
        CheckRange(nameof(options.Partitions), options.Partitions, 1, PartitionsMax, faults);
        CheckRange(nameof(options.ReplicationFactor), options.ReplicationFactor, 1, ReplicationMax, faults);
        CheckRange(nameof(options.InboxBytesMax), options.InboxBytesMax, InboxBytesMin, InboxBytesTop, faults);
        CheckRange(nameof(options.WriteBytesMax), options.WriteBytesMax, InboxBytesMin, 1L << 30, faults);
    }

    private static void CheckTimes(KafkaOptions options, List<string> faults)
    {
        CheckTime(nameof(options.SessionTimeout), options.SessionTimeout, TimeSpan.FromSeconds(6), faults);
        CheckTime(nameof(options.Retention), options.Retention, TimeSpan.FromHours(1), faults);
        CheckTime(nameof(options.WriteTimeout), options.WriteTimeout, TimeSpan.FromSeconds(1), faults);
        CheckTime(nameof(options.StartTimeout), options.StartTimeout, TimeSpan.FromSeconds(1), faults);
        CheckTime(nameof(options.RevokeTimeout), options.RevokeTimeout, TimeSpan.FromSeconds(1), faults);
        if (options.RevokeTimeout > ClientSettings.PollTimeout / 2)
        {
            faults.Add($"{Key(nameof(options.RevokeTimeout))} is longer than {ClientSettings.PollTimeout / 2}, half of "
                + "what the group allows.");
        }
    }

    private static void CheckRange(string name, long value, long least, long most, List<string> faults)
    {
        if (value < least || value > most)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"{Key(name)} is {value}; it must be from {least} to {most}."));
        }
    }

    private static void CheckTime(string name, TimeSpan value, TimeSpan least, List<string> faults)
    {
        if (value < least || value > TimeSpan.FromDays(365))
        {
            faults.Add($"{Key(name)} is {value}; it must be from {least} to 365 days.");
        }
    }

    private static string Key(string name) => $"{KafkaOptions.Section}:{name}";

    [GeneratedRegex(@"^(\S+://)?[^\s,:]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:]+\](:[0-9]{1,5})?$")]
    private static partial Regex Address();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,200}$")]
    private static partial Regex TopicName();
}
