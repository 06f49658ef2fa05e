using System.Globalization;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Partitions;

public class VerdictHeadBatchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(VerdictHeadBatch.ShareRowsMin)]
    [InlineData((3 * VerdictHeadBatch.ShareRowsMin) + 1)]
    public void Read_RowsOfAllKinds_AreInTheirOrder(int count)
    {
        var batch = new VerdictHeadBatch();
        var record = new VerdictRecord();
        for (var seed = 0; seed < 2; seed++) // The second time over what the first one left.
        {
            var random = new Random(seed);
            int[] kinds = [.. Enumerable.Range(0, count).Select(_ => random.Next(4))];
            TableRow[] rows = [.. kinds.Select((kind, i) => new TableRow(
                0, i, default, kind == 0 ? new byte[] { 1 } : record.Write(VerdictOf(i)).ToArray(), IsDeleted: kind == 1))];
            var unusable = new List<long>();
            var heads = batch.Read(rows, row => unusable.Add(row.Offset)).ToArray();
            Assert.Equal(PlacesOf(kinds, kind => kind > 1), heads.Select(static head => head.Id.Offset));
            Assert.All(heads, static head => Assert.Equal(AccountOf(head.Id.Offset), head.AccountId));
            Assert.Equal(PlacesOf(kinds, kind => kind == 0), unusable);
        }
    }

    private static IEnumerable<long> PlacesOf(int[] kinds, Predicate<int> wanted) =>
        kinds.Select((kind, i) => (kind, i)).Where(one => wanted(one.kind)).Select(static one => (long)one.i);

    private static string AccountOf(long number) => string.Create(CultureInfo.InvariantCulture, $"acct-{number}");

    private static Verdict VerdictOf(int number) => new(
        new VerdictId(0, number, 1), AccountOf(number), VerdictLevel.Suspect, 0.9, DecisionAction.Throttle, [], null,
        DateTimeOffset.UnixEpoch, 4, 2, [new Reason("pace", "a scheduler", 4)], "content-tier1/1", 1,
        DateTimeOffset.UnixEpoch);
}
