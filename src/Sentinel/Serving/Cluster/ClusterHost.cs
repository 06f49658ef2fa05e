// The life of a program over Kafka: store and topics first, then lanes and feeds, side by side until one cannot go on
// or the program is told to stop. Whatever fails for good ends the process; a new one goes on from the stored offsets.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Calibration;
using Sentinel.Api.Decisions.Log;
using Sentinel.Api.Findings;
using Sentinel.Api.Health;
using Sentinel.Api.Ingest;
using Sentinel.Api.Review;
using Sentinel.Api.Workloads;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Workloads;
using Sentinel.Storage;
using Sentinel.Storage.Http;
using Sentinel.Storage.Observability;
using Sentinel.Storage.Queries;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Observability;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>Runs the roles of one process.</summary>
internal sealed partial class ClusterHost(
    ClusterOptions options,
    IScorer scorer,
    DetectionPolicy policy,
    BoardFeed feed,
    RecordWriterIntake intake,
    StoredFindings findings,
    DecisionLog decisions,
    WorkloadBook workloads,
    WorkloadsInForce workloadsInForce,
    RulingBook rulings,
    RulingsInForce rulingsInForce,
    CalibrationMonitor calibration,
    ReviewWork review,
    KafkaRoad road,
    Readiness readiness,
    StreamingTelemetry telemetry,
    StoreTelemetry storeTelemetry,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<ClusterHost> logger) : IHostedService, IServingHost, IDisposable
{
    private const int LettersToldMax = 100;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _watching = [];
    private readonly List<Task> _running = [];
    private CancellationTokenRegistration _draining;
    private Task _work = Task.CompletedTask;

    /// <inheritdoc/>
    public Exception? Failure { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _draining = lifetime.ApplicationStopping.Register(Drain);
        _work = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _work;
        Log.Stopped(logger);
    }

    public void Dispose()
    {
        _draining.Dispose();
        _stop.Dispose();
    }

    private void Drain()
    {
        if (Failure is null)
        {
            Log.Draining(logger);
            readiness.SetDraining();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await RunRolesAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // A host's top loop: whatever keeps a role from going on ends the program.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Failure = cause is KafkaSetupException ? CommandException.Failed(cause.Message, cause) : cause;
            if (Failure is CommandException or LaneFaultedException or ClickHouseException)
            {
                Log.CannotGoOn(logger, Failure.Message);
            }
            else
            {
                Log.Failed(logger, cause);
            }

            readiness.SetNotReady("failed", "A role cannot go on; the program is stopping, its log says why.");
            lifetime.StopApplication();
        }
        finally
        {
            feed.Close();
            review.Close();
            findings.Close();
        }
    }

    private async Task RunRolesAsync()
    {
        readiness.SetNotReady("starting", "The store is being opened.");
        await using var store = await ClusterStore.OpenAsync(options, storeTelemetry, clock, OnOutage, _stop.Token);
        await workloads.OpenAsync(new StoredWorkloads(store.ClickHouse), _stop.Token);
        await rulings.OpenAsync(store.ClickHouse, _stop.Token);
        readiness.SetNotReady("starting", "The topics are being checked.");
        var partitions = await new KafkaTopics(options.Kafka, clock, OnNotice).EnsureAsync(_stop.Token);
        await using var records = new KafkaRecordWriter(options.Kafka, clock, OnNotice);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            Start(store, records, partitions, ending.Token);
            await ReadyAsync();
            await await Task.WhenAny(_running);
        }
        finally
        {
            // One has ended, or all are to end: lanes make durable what they took before the store and the writer go.
            await ending.CancelAsync();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await decisions.CloseAsync();
            _watching.ForEach(static watching => watching.Dispose());
        }

        _stop.Token.ThrowIfCancellationRequested();
    }

    private void Start(
        ClusterStore store, KafkaRecordWriter records, IReadOnlyDictionary<string, int> partitions, CancellationToken cancel)
    {
        var topics = options.Kafka.Topics;
        var (exchanges, links) = (partitions[topics.Exchanges], partitions[topics.Links]);
        var around = new LaneSurroundings(
            topics, records, new MeteredSnapshots(store.Snapshots, telemetry, clock), store.OpenLaneAsync, policy,
            options.Lanes, clock, OwnerName(), OnLaneNotice) { Workloads = workloadsInForce, Rulings = rulingsInForce };
        _running.Add(workloads.FollowAsync(cancel));
        if (options.Roles.HasFlag(ServeRoles.Account))
        {
            Consume(topics.Exchanges, "account", around, (own, p) => new AccountLane(own, scorer, p, links), cancel);
        }

        if (options.Roles.HasFlag(ServeRoles.Links))
        {
            Consume(topics.Links, "links", around, (own, p) => PieceLane.Links(own, p, exchanges), cancel);
        }

        if (options.Roles.HasFlag(ServeRoles.Campaigns))
        {
            // There is one active of these; what others measure besides overwrites the same rows.
            _running.Add(calibration.RunAsync(new CalibrationLog(store.ClickHouse), scorer, cancel));
            _running.Add(rulings.FollowAsync(cancel));
            Consume(
                topics.Edges, "campaigns", around,
                (own, _) => PieceLane.Campaigns(own, scorer.ModelVersion, exchanges, links), cancel);
        }

        if (options.Roles.HasFlag(ServeRoles.Api))
        {
            findings.Open(store.ClickHouse);
            decisions.Open(store.ClickHouse);
            intake.Open(new RecordIntake(records, topics, LettersToldMax));
            _running.Add(feed.RunAsync(options.Kafka, OnNotice, cancel));
            road.Open(records, topics.Rulings);
            _running.Add(ReviewAsync(store.ClickHouse, cancel));
        }
    }

    // What the board does not know once it has caught up was never sent.
    private async Task ReviewAsync(IClickHouse clickHouse, CancellationToken cancel)
    {
        await feed.WhenCaughtUp.WaitAsync(cancel);
        await review.OpenAsync(clickHouse, cancel);
        await review.RunAsync(cancel);
    }

    private void Consume(
        string topic,
        string role,
        LaneSurroundings around,
        Func<LaneSurroundings, int, IPartitionLane> createLane,
        CancellationToken cancel)
    {
        var consumer = new KafkaPartitionConsumer(
            options.Kafka,
            topic,
            $"{options.Kafka.TopicPrefix}.{role}",
            id => Metered(id.Partition, role, around, createLane),
            clock,
            OnNotice);
        _watching.Add(telemetry.Consumers.Watch(() => consumer.Statuses.Select(ReadingOf)));
        _running.Add(consumer.RunAsync(cancel));
    }

    private MeteredLane Metered(
        int partition, string role, LaneSurroundings around, Func<LaneSurroundings, int, IPartitionLane> createLane)
    {
        var gauge = telemetry.Snapshots.Opened(role, partition);
        var own = around with
        {
            Saved = gauge.Written,
            OpenStore = async (number, cancel) =>
                new MeteredLaneStore(await around.OpenStore(number, cancel), role, telemetry, clock),
        };
        return new MeteredLane(createLane(own, partition), role, partition, telemetry, clock, gauge);
    }

    private static PartitionReading ReadingOf(PartitionStatus status) => new(
        status.Id.Topic, status.Id.Partition, status.UnreadRecords + status.InboxRecords,
        status.UnfinishedRecords - status.UnreadRecords - status.InboxRecords, status.InboxBytes, status.IsPaused);

    private async Task ReadyAsync()
    {
        if (options.Roles.HasFlag(ServeRoles.Api))
        {
            readiness.SetNotReady("catching_up", "The decisions in force are being read.");
            await Task.WhenAny([feed.WhenCaughtUp, .. _running]);
        }

        readiness.SetReady();
        Log.Ready(logger, ServeRolesText.Of(options.Roles));
    }

    // Names of this process alone: its machine's name is not enough where several run on one.
    private string OwnerName() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Environment.ProcessId:x}{clock.GetUtcNow().ToUnixTimeMilliseconds():x}");

    private void OnNotice(KafkaNotice notice)
    {
        var (level, name) = notice.Level switch
        {
            KafkaNoticeLevel.Lifecycle => (LogLevel.Information, "lifecycle"),
            KafkaNoticeLevel.Degraded => (LogLevel.Warning, "degraded"),
            _ => (LogLevel.Error, "wrong"),
        };
        telemetry.Consumers.Noticed(name);
        Log.Kafka(logger, level, notice.Text);
    }

    private void OnLaneNotice(string text) => Log.Lane(logger, text);

    private void OnOutage(ClickHouseOutage outage)
    {
        storeTelemetry.SetAvailable(outage.IsOver);
        if (outage.IsOver)
        {
            Log.StoreBack(logger, (outage.At - outage.Since).TotalSeconds);
        }
        else
        {
            storeTelemetry.Retried();
            Log.StoreAway(logger, (outage.At - outage.Since).TotalSeconds, outage.Tries, outage.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RolesReady, LogLevel.Information, "Ready: {Roles}.")]
        public static partial void Ready(ILogger logger, string roles);

        [LoggerMessage(EventIds.Draining, LogLevel.Information, "Stopping: requests in flight may finish.")]
        public static partial void Draining(ILogger logger);

        [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Stopped: all that was taken is durable.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(EventIds.LaneFailed, LogLevel.Critical, "A role cannot go on.")]
        public static partial void Failed(ILogger logger, Exception cause);

        [LoggerMessage(EventIds.LaneCannotStart, LogLevel.Critical, "A role cannot go on: {Reason}")]
        public static partial void CannotGoOn(ILogger logger, string reason);

        [LoggerMessage(EventId = EventIds.KafkaTold, Message = "{Notice}")]
        public static partial void Kafka(ILogger logger, LogLevel level, string notice);

        [LoggerMessage(EventIds.LaneTold, LogLevel.Warning, "{Notice}")]
        public static partial void Lane(ILogger logger, string notice);

        [LoggerMessage(
            EventIds.StoreAway, LogLevel.Warning,
            "ClickHouse has been away for {Seconds:0} s; lanes wait, try {Tries}: {Reason}")]
        public static partial void StoreAway(ILogger logger, double seconds, int tries, string reason);

        [LoggerMessage(EventIds.StoreBack, LogLevel.Information, "ClickHouse is back after {Seconds:0} s.")]
        public static partial void StoreBack(ILogger logger, double seconds);
    }
}
