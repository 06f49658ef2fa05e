using Sentinel.Detection.Evidence;

namespace Sentinel.Detection.Tests.Evidence;

public class ScheduleLedgerTests
{
    private const long Start = 1_790_000_000_000;
    private const double GapMs = 6_170_000;

    // Requests dealt out in turn, each sent up to so many gaps away from its place.
    [Theory]
    [InlineData(0.1, 16)]
    [InlineData(0.3, 32)]
    [InlineData(0.6, 48)]
    [InlineData(1.0, 128)]
    public void Add_JitteredPlan_IsFound(double jitter, int count)
    {
        var random = new Random(5);
        var found = 0;
        for (var account = 0; account < 100; account++)
        {
            found += Booked(Jittered(random, jitter, count)).IsSteady ? 1 : 0;
        }

        Assert.InRange(found, 90, 100);
    }

    [Fact]
    public void GapMs_OfAJitteredPlan_IsThatOfThePlan()
    {
        var ledger = Booked(Jittered(new Random(5), 0.6, 64));

        Assert.InRange(ledger.GapMs, GapMs * 0.98, GapMs * 1.02);
    }

    // The promise is one in 1,000 for chance, however long one looks; people, who come in bursts, are further from a line.
    [Theory]
    [InlineData(1.0)]
    [InlineData(1.6)]
    public void Add_ChanceOrWorse_IsHardlyEverASchedule(double power)
    {
        var random = new Random(11);
        var steady = 0;
        for (var account = 0; account < 4_000; account++)
        {
            var ledger = default(ScheduleLedger);
            var at = Start;
            var was = false;
            for (var i = 0; i < 1_000; i++)
            {
                at += 1 + (long)(600_000 * Math.Pow(-Math.Log(1 - random.NextDouble()), power));
                was |= ledger.Add(at);
            }

            steady += was ? 1 : 0;
        }

        Assert.InRange(steady, 0, 10);
    }

    [Fact]
    public void Add_DaysAndNights_AreNoSchedule()
    {
        var random = new Random(3);
        var ledger = default(ScheduleLedger);
        for (var day = 0; day < 20; day++)
        {
            for (var i = 0; i < 12; i++)
            {
                ledger.Add(Start + (day * 86_400_000L) + (i * 2_400_000L) + random.Next(2_000_000));
            }
        }

        Assert.False(ledger.IsSteady);
    }

    [Fact]
    public void Add_AccountThatTurns_IsFoundInALaterStretch()
    {
        var random = new Random(7);
        var ledger = default(ScheduleLedger);
        var at = Start;
        for (var i = 0; i < 256; i++)
        {
            ledger.Add(at += 1 + (long)(600_000 * -Math.Log(1 - random.NextDouble())));
        }

        Assert.False(ledger.IsSteady);
        foreach (var next in Jittered(random, 0.4, 128))
        {
            ledger.Add(at + next - Start);
        }

        Assert.True(ledger.IsSteady);
    }

    [Fact]
    public void Add_AllAtOnceAndOutOfOrder_IsNoSchedule()
    {
        var ledger = default(ScheduleLedger);
        for (var i = 0; i < 400; i++)
        {
            ledger.Add(Start - (i % 2));
        }

        Assert.False(ledger.IsSteady);
    }

    [Fact]
    public void Restore_WhatWasSaved_GoesOnAsBefore()
    {
        var times = Jittered(new Random(9), 0.5, 96);
        var ledger = Booked(times[..40]);
        Span<double> saved = stackalloc double[ScheduleLedger.SavedCount];
        ledger.Save(saved);
        var other = default(ScheduleLedger);
        other.Restore(saved);
        foreach (var at in times[40..])
        {
            Assert.Equal(ledger.Add(at), other.Add(at));
        }

        Assert.Equal(ledger.GapMs, other.GapMs);
    }

    private static ScheduleLedger Booked(IEnumerable<long> times)
    {
        var ledger = default(ScheduleLedger);
        foreach (var at in times)
        {
            ledger.Add(at);
        }

        return ledger;
    }

    private static long[] Jittered(Random random, double jitter, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Start + (long)(GapMs * (i + 5 + (jitter * Gaussian(random))))).Order()];

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
