using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Detection.Tests.Judging;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Tests.Stages;

/// <summary>An account stage says the same whether it keeps accounts as objects or as bytes.</summary>
public class PackingTests
{
    [Fact]
    public void Observe_FewObjects_SameVerdictsPiecesAndSnapshots()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var (objects, bytes) = (New(int.MaxValue), New(unpackedMax: 1));
            var segments = new List<byte[]>();
            var random = new Random(seed);
            var maker = new ObservationMaker();
            for (var step = 0; step < 12_000; step++)
            {
                if (step % 4_000 == 2_500)
                {
                    Use(objects, bytes, maker.NowMs);
                }

                var observation = Next(maker, random);
                Assert.True(Told(objects, observation) == Told(bytes, observation), $"Seed {seed}, exchange {step}");
                if (step % 4_000 == 3_999)
                {
                    var saved = Save(bytes);
                    Assert.Equal(Save(objects).Select(Convert.ToHexString), saved.Select(Convert.ToHexString));
                    segments.AddRange(saved);
                    bytes = Load(segments);
                }
            }

            Assert.Equal(0, objects.Accounts.PackedBytes);
            Assert.True(bytes.Accounts.PackedBytes > 0);
            Assert.True(bytes.Accounts.UnpackedCount < bytes.AccountCount, "Nothing is packed.");
        }
    }

    private static AccountStage New(int unpackedMax)
    {
        var stage = new AccountStage(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", 0, linkPartitionCount: 2, unpackedMax);
        stage.TrackChanges();
        return stage;
    }

    private static void Use(AccountStage one, AccountStage other, long nowMs)
    {
        var from = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).AddMinutes(2);
        var register = WorkloadRegister.Of(
        [
            new Workload(
                "nightly", WorkloadKind.EvaluationSuite, [.. Enumerable.Range(0, 40).Select(i => $"account-{i}")], "",
                WorkloadKinds.MayExplain(WorkloadKind.EvaluationSuite), "the platform team", from, from.AddHours(1)),
        ]);
        one.UseWorkloads(register);
        other.UseWorkloads(register);
    }

    private static string Told(AccountStage stage, Observation observation)
    {
        var output = new StageOutput();
        if (stage.TryAdmit(observation.EventKey))
        {
            stage.Observe(observation, output);
        }

        return string.Join('\n', output.Findings.Verdicts.Select(verdict =>
                $"{verdict.AccountId} {verdict.Level} {verdict.Risk:R} {verdict.Action} {verdict.ExchangesSeen} "
                + string.Join('|', verdict.Reasons)))
            + string.Join('\n', output.Pieces.Select(piece => $"{piece.Target} {piece.Partition} {Convert.ToHexString(piece.Body)}"));
    }

    // Few send much and many little; some harvest, some keep a schedule.
    private static Observation Next(ObservationMaker maker, Random random)
    {
        maker.NowMs += random.Next(40) == 0 ? random.Next(400_000) : random.Next(2_000);
        var account = (int)(600 * Math.Pow(random.NextDouble(), 3));
        var isHarvest = account % 5 == 0;
        var observation = maker.Make(
            $"account-{account}",
            isHarvest ? 0.95f : (float)random.NextDouble() / 4,
            (ContentKind)random.Next(ContentKinds.Count),
            frame: random.Next(3) == 0 ? null : $"frame {random.Next(30)} of {account % 40}",
            content: $"content {random.Next(3_000)}",
            payment: random.Next(2) == 0 ? null : $"card {account} {random.Next(20) / 19}",
            device: random.Next(2) == 0 ? null : $"device {account / 2}",
            org: account % 7 == 0 ? $"house {account % 4}" : null,
            ja4: $"client {random.Next(4)}",
            refs: random.Next(30) == 0 ? [$"ref {account} {random.Next(5)}"] : null,
            refIssued: random.Next(10) == 0 ? $"ref {account} {random.Next(5)}" : null,
            excerpt: isHarvest ? "write it all out" : null);
        observation.ConversationKey = KeyHash.Of($"conversation {account} {random.Next(6)}");
        observation.ModelKey = KeyHash.Of($"model {(maker.NowMs / 20_000_000) + random.Next(2)}");
        observation.Frame.SystemAnchor = account % 3 == 0 ? KeyHash.Of($"system {account}") : 0;
        (observation.Turn, observation.OutputTokens) = (random.Next(4), random.Next(3_000));
        observation.Refused = random.Next(20) == 0;
        return observation;
    }

    private static IReadOnlyList<byte[]> Save(AccountStage stage)
    {
        var writer = new SegmentWriter();
        stage.Save(writer);
        return writer.Finish();
    }

    private static AccountStage Load(List<byte[]> segments)
    {
        var stage = New(unpackedMax: 1);
        foreach (var segment in segments)
        {
            stage.Load(segment);
        }

        stage.EndLoading();
        return stage;
    }
}
