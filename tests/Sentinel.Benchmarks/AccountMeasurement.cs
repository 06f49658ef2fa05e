using System.Diagnostics;
using System.Globalization;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Stages;

namespace Sentinel.Benchmarks;

/// <summary>
/// What a lane keeps of its accounts, once all of them are really there: some exchanges each, without a frame and in one more
/// frame for every three, with all that a classifier says. Accounts take turns, so each is packed and unpacked between any two
/// of its exchanges. Run with <c>accounts [accounts] [exchanges]</c>.
/// </summary>
internal static class AccountMeasurement
{
    public const int AccountsDefault = 10_000_000;
    public const int ExchangesDefault = 5;

    public static void Run(int accounts, int exchanges)
    {
        var stage = RestoreMeasurement.NewStage(accounts);
        var output = new StageOutput();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var from = Stopwatch.GetTimestamp();
        for (var i = 0L; i < accounts * (long)exchanges; i++)
        {
            var observation = ObservationOf(i, accounts);
            stage.TryAdmit(observation.EventKey);
            stage.Observe(observation, output);
            output.Clear();
        }

        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        var known = (double)stage.AccountCount;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{known} accounts of {exchanges} exchanges in {seconds:0} s: {kept / (double)(1 << 30):0.00} GiB, {kept / known:0} B each, "
            + $"with event ids and sightings; packed accounts alone {stage.Accounts.PackedBytes / known:0} B each, "
            + $"{stage.Accounts.UnpackedCount} are objects; resident {Environment.WorkingSet / (double)(1 << 30):0.00} GiB"));
        GC.KeepAlive(stage);
    }

    // An account's requests are about one thing, more or less, and a third of them come in frames.
    private static Observation ObservationOf(long i, int accounts)
    {
        var observation = RestoreMeasurement.ObservationOf(i, accounts);
        var (account, turn) = (i % accounts, i / accounts);
        observation.Frame.HeadAnchor = turn % 3 == 0 ? 0 : KeyHash.Mix((ulong)((account % 100_000 * 32) + (turn / 3) + 1));
        observation.Turn = 1 + (int)(turn % 3);
        observation.OutputTokens = 200 + (int)(i % 1_000);
        observation.UserAgentKey = KeyHash.Mix((ulong)(account % 50) + 1);
        var (own, now) = (KeyHash.Mix((ulong)account + 1), KeyHash.Mix((ulong)i + 7));
        for (var place = 0; place < ContentScores.EmbeddingLength; place++)
        {
            observation.Scores.Embedding[place] =
                (sbyte)((int)((own >> (place * 4)) & 15) - 8 + (int)((now >> (place * 4)) & 15) * 4 - 32);
        }

        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            observation.Scores.KindSteps[kind] = (ushort)(now >> (kind * 8));
        }

        return observation;
    }
}
