using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Sentinel.Streaming.Kafka;

/// <summary>Sees to it, before anything is read or written, that the topics are there and as they have to be.</summary>
public sealed class KafkaTopics
{
    private readonly KafkaOptions _options;
    private readonly Action<KafkaNotice> _notify;
    private readonly TimeProvider _clock;

    /// <summary>Does nothing yet.</summary>
    /// <param name="options">Options without faults.</param>
    /// <param name="clock">Times waiting.</param>
    /// <param name="notify">Hears what people should know; called on several threads; must be quick.</param>
    public KafkaTopics(KafkaOptions options, TimeProvider clock, Action<KafkaNotice> notify)
    {
        _options = options;
        _clock = clock;
        _notify = notify;
    }

    /// <summary>
    /// Creates what is missing, where that is allowed, and checks what is there. Gives the number of partitions by topic.
    /// </summary>
    /// <exception cref="KafkaSetupException">
    /// The brokers cannot be used, or the topics not as they are. The message lists all that is wrong.
    /// </exception>
    public async Task<IReadOnlyDictionary<string, int>> EnsureAsync(CancellationToken cancel)
    {
        var events = new ClientEvents(_options, static _ => { }, _clock); // The exception says it all.
        using var admin = new AdminClientBuilder(ClientSettings.Admin(_options))
            .SetErrorHandler((_, error) => events.OnError(error))
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            var there = await PartitionsAsync(admin, cancel);
            var policies = await PoliciesAsync(admin, there.Keys);
            var faults = new List<string>();
            var missing = new List<TopicRule>();
            foreach (var rule in TopicRule.All(_options))
            {
                if (there.TryGetValue(rule.Name, out var partitions))
                {
                    faults.AddRange(rule.Faults(partitions, policies.GetValueOrDefault(rule.Name), _options));
                }
                else
                {
                    missing.Add(rule);
                }
            }

            await CreateAsync(admin, missing, faults);
            Report(faults);
            missing.ForEach(rule => there[rule.Name] = rule.Partitions);
            return there;
        }
        catch (KafkaException e)
        {
            // That a password was refused is only said beside; the call itself just runs out of time.
            var cause = e.Error.IsLocalError ? events.Cause ?? e.Error : e.Error;
            throw new KafkaSetupException(FaultText.Sentence(cause, _options), e);
        }
    }

    private async Task<Dictionary<string, int>> PartitionsAsync(IAdminClient admin, CancellationToken cancel)
    {
        var wanted = TopicRule.All(_options).Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal);
        // Of all topics: asking for one by name may create it.
        var metadata = await Task.Run(() => admin.GetMetadata(_options.StartTimeout), cancel);
        return metadata.Topics
            .Where(topic => wanted.Contains(topic.Topic) && !topic.Error.IsError)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
    }

    /// <summary>The cleanup policy of each topic; without those that the brokers do not tell.</summary>
    private async Task<Dictionary<string, string>> PoliciesAsync(IAdminClient admin, IEnumerable<string> names)
    {
        var policies = new Dictionary<string, string>(StringComparer.Ordinal);
        var resources = names.Select(name => new ConfigResource { Type = ResourceType.Topic, Name = name }).ToList();
        if (_options.IsLegacy || resources.Count == 0)
        {
            return policies;
        }

        try
        {
            var told = await admin.DescribeConfigsAsync(
                resources, new DescribeConfigsOptions { RequestTimeout = _options.StartTimeout });
            foreach (var topic in told)
            {
                if (topic.Entries.TryGetValue("cleanup.policy", out var entry))
                {
                    policies[topic.ConfigResource.Name] = entry.Value;
                }
            }
        }
        catch (KafkaException e)
        {
            _notify(new KafkaNotice(
                KafkaNoticeLevel.Degraded,
                $"Kafka does not tell the topics' settings, so cleanup.policy was not checked: {e.Error.Reason}"));
        }

        return policies;
    }

    private async Task CreateAsync(IAdminClient admin, List<TopicRule> missing, List<string> faults)
    {
        if (missing.Count == 0)
        {
            return;
        }

        if (!_options.CreateTopics || _options.IsLegacy)
        {
            faults.AddRange(missing.Select(rule => $"{rule.Name} is missing: {rule.CreateCommand(_options)}"));
            return;
        }

        var specifications = missing.Select(rule => new TopicSpecification
        {
            Name = rule.Name,
            NumPartitions = rule.Partitions,
            ReplicationFactor = (short)_options.ReplicationFactor,
            Configs = new Dictionary<string, string>(rule.Settings(_options)),
        });
        try
        {
            await admin.CreateTopicsAsync(
                specifications, new CreateTopicsOptions { RequestTimeout = _options.StartTimeout });
            missing.ForEach(rule => _notify(new KafkaNotice(
                KafkaNoticeLevel.Lifecycle, $"{rule.Name} was created with {rule.Partitions} partitions.")));
        }
        catch (CreateTopicsException e)
        {
            foreach (var result in e.Results.Where(
                result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists))
            {
                var rule = missing.First(rule => rule.Name == result.Topic);
                faults.Add($"{rule.Name} could not be created ({result.Error.Reason}): {rule.CreateCommand(_options)}");
            }
        }
    }

    private void Report(List<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new KafkaSetupException(
                $"Kafka at {_options.BootstrapServers} is not set up as it has to be:\n- "
                + string.Join("\n- ", faults));
        }
    }
}
