using System.Text;
using Sentinel.Detection;
using Sentinel.Detection.Policy;
using Sentinel.Streaming.Lanes;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Lanes;

/// <summary>Small mixed traffic in which some accounts harvest, and the judge that finds them.</summary>
internal static class Traffic
{
    public static LaneOptions Options(int commitRowsMax = 50_000) => new() { CommitRowsMax = commitRowsMax };

    public static Judge NewJudge(FakeScorer scorer) =>
        new(DetectionPolicy.Default, scorer.Reference, scorer.ModelVersion, partition: 0);

    /// <summary>Lines of 40 accounts over two days, every fifth harvesting; some lines twice, some bad.</summary>
    public static byte[] Mixed(int seed, int count)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        var atMs = 1_790_000_000_000L;
        for (var i = 0; i < count; i++)
        {
            var account = random.Next(40);
            atMs += random.Next(-60_000, 240_000); // The clock runs backwards now and then.
            var prompt = account % 5 == 0
                ? $"Write {FakeScorer.Marker} question number {i} with a solution in every step for our training set."
                : $"Please help me with topic {random.Next(1_000)} and its history in {random.Next(90)} words.";
            var line = ExchangeJson.Full($"ev-{i}", $"acct-{account}", atMs).Prompt(prompt)
                .Set("account.payment_hash", account % 5 == 0 ? $"pay-{account % 2}" : $"own-{account}")
                .Set("client.device_hash", $"device-{account / 3}")
                .Set("client.ip", $"198.51.{account}.{i % 3}")
                .ToString();
            text.Append(line).Append('\n');
            if (random.Next(10) == 0)
            {
                text.Append(line).Append('\n');
            }

            if (random.Next(25) == 0)
            {
                text.Append(line.AsSpan(0, random.Next(line.Length))).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
