using Sentinel.Detection.Workloads;
using Sentinel.Storage.Workloads;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class WorkloadLogTests(StoreEngine fixture)
{
    [Fact]
    public async Task Read_RecordedWorkloads_AreThereInOrderAndWhole()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new WorkloadLog(clickHouse);
        Assert.Empty(await log.ReadAsync(CancellationToken.None));
        var first = new Workload(
            "nightly", WorkloadKind.EvaluationSuite, ["a", "数据 '"], "org", WorkloadEvidence.Pace | WorkloadEvidence.Habits, "us",
            Sample.Start, Sample.Start.AddDays(9))
        {
            Models = ["m-1", "m-2"], Frames = [ulong.MaxValue, 1], DailyMax = 7, Note = "why", RecordedAt = Sample.Start,
        };
        var end = first with { From = Sample.Start.AddDays(1), Until = Sample.Start.AddDays(1), RecordedAt = Sample.Start.AddHours(1) };
        await log.AppendAsync(end, CancellationToken.None);
        await log.AppendAsync(first, CancellationToken.None);
        await log.AppendAsync(first, CancellationToken.None); // A retry.

        var read = await log.ReadAsync(CancellationToken.None);

        Assert.Equal(2, read.Length);
        Assert.Equal(first.Accounts.AsEnumerable(), read[0].Accounts);
        Assert.Equal(first.Models.AsEnumerable(), read[0].Models);
        Assert.Equal(first.Frames.AsEnumerable(), read[0].Frames);
        Assert.Equal(
            first with { Accounts = [], Models = [], Frames = [] }, read[0] with { Accounts = [], Models = [], Frames = [] });
        Assert.True(read[1].IsWithdrawal);
        var register = WorkloadRegister.Of(read);
        Assert.Equal(end.From, Assert.Single(register.Workloads).Until);
    }
}
