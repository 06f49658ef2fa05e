using Sentinel.Detection.Cases;

namespace Sentinel.Detection.Tests.Cases;

/// <summary>A chain shows where it was tampered with.</summary>
public sealed class AuditChainTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Follow_AsWritten_IsWhole() => Assert.Null(FirstFault(Chain(50)));

    [Fact]
    public void Follow_AnythingAltered_NamesTheRow()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var rows = Chain(20);
            var at = random.Next(rows.Count);
            var entry = rows[at].Entry;
            rows[at] = rows[at] with
            {
                Entry = random.Next(6) switch
                {
                    0 => entry with { At = entry.At.AddMilliseconds(1) },
                    1 => entry with { By = entry.By + "x" },
                    2 => entry with { Kind = AuditKind.Bulk },
                    3 => entry with { Action = "case.undone" },
                    4 => entry with { By = "", Action = entry.By + entry.Action }, // The same letters, elsewhere.
                    _ => entry with { Detail = "{}" },
                },
            };
            Assert.Equal((at + 1L, "altered"), NameOf(FirstFault(rows)));
        }
    }

    [Fact]
    public void Follow_RowRemoved_NamesIt()
    {
        for (var at = 0; at < 9; at++)
        {
            var rows = Chain(10);
            rows.RemoveAt(at);
            Assert.Equal((at + 1L, "removed"), NameOf(FirstFault(rows)));
        }
    }

    [Fact]
    public void Follow_RowsReordered_NamesTheFirst()
    {
        var rows = Chain(10);
        (rows[4], rows[5]) = (rows[5], rows[4]);
        Assert.Equal((5L, "removed"), NameOf(FirstFault(rows))); // Where row 5 should be there is none of that number.
        rows = Chain(10);
        rows.Insert(5, rows[2]);
        Assert.Equal((3L, "reordered"), NameOf(FirstFault(rows)));
        rows = Chain(10); // Another's genuine row in the place of one.
        rows[4] = AuditChain.Next(4, new string('1', 64), rows[4].Entry);
        Assert.Equal((5L, "reordered"), NameOf(FirstFault(rows)));
    }

    private static (long, string) NameOf(AuditFault? fault) => (fault!.Number, fault.Kind);

    private static AuditFault? FirstFault(List<AuditRow> rows)
    {
        var chain = new AuditChain();
        return rows.Select(chain.Follow).FirstOrDefault(static fault => fault is not null);
    }

    private static List<AuditRow> Chain(int count)
    {
        var (rows, hash) = (new List<AuditRow>(), AuditChain.Beginning);
        for (var number = 0; number < count; number++)
        {
            var entry = new AuditEntry(
                Start.AddSeconds(number), "ann", AuditKind.Manual, "case.ruled", $"case-{number}", "done", $$"""{"n":{{number}}}""");
            rows.Add(AuditChain.Next(number, hash, entry));
            hash = rows[^1].Hash;
        }

        return rows;
    }
}
