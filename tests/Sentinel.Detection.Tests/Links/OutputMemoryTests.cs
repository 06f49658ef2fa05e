using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.Links;

public sealed class OutputMemoryTests
{
    private const int GenerationMax = 4096;
    private readonly OutputMemory _memory = new(GenerationMax);

    [Fact]
    public void TryReturn_ByAnotherAccount_TellsWhoseItIs()
    {
        _memory.Issue(Band(1), new GivenOutput(7, 70));
        Assert.False(_memory.TryReturn(Band(1), 7, out _));
        Assert.False(_memory.TryReturn(Band(2), 8, out _));
        Assert.True(_memory.TryReturn(Band(1), 8, out var output));
        Assert.Equal(new GivenOutput(7, 70), output);
    }

    [Fact]
    public void TryReturn_GivenToTwoOrBackTooOften_IsCommon()
    {
        _memory.Issue(Band(1), new GivenOutput(7, 70));
        _memory.Issue(Band(1), new GivenOutput(8, 80));
        Assert.False(_memory.TryReturn(Band(1), 9, out _));

        _memory.Issue(Band(2), new GivenOutput(7, 71));
        for (var i = 0; i < OutputMemory.ReturnsMax; i++)
        {
            Assert.True(_memory.TryReturn(Band(2), 9, out _));
        }

        Assert.False(_memory.TryReturn(Band(2), 9, out _));
    }

    [Fact]
    public void Issue_MoreThanFit_KeepsAGenerationAndForgetsTheOldest()
    {
        for (var i = 0; i < 4 * GenerationMax; i++)
        {
            _memory.Issue(Band(i), new GivenOutput(7, (ulong)i));
        }

        var kept = Enumerable.Range(3 * GenerationMax, GenerationMax).Count(i => _memory.TryReturn(Band(i), 8, out _));
        Assert.InRange(kept, GenerationMax * 9 / 10, GenerationMax); // A full bucket drops its oldest.
        Assert.False(_memory.TryReturn(Band(0), 8, out _));
    }

    [Fact]
    public void LinkJudge_LoadedFromCompactedSegments_AnswersAsBefore()
    {
        var random = new Random(5);
        var (judge, compactor, segments) = (NewJudge(), new SegmentCompactor(), new List<byte[]>());
        judge.TrackChanges();
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < GenerationMax / 5; i++)
            {
                judge.Book(Meet(random, (SightingRole)random.Next(1, 3)));
            }

            judge.TakeChanges([]);
            var writer = new SegmentWriter();
            judge.Save(writer);
            segments.AddRange(writer.Finish());
        }

        for (var i = segments.Count - 1; i >= 0; i--)
        {
            compactor.TakeOlder(segments[i]);
        }

        var again = NewJudge();
        compactor.Finish().ToList().ForEach(segment => SegmentReader.Read(segment, again));
        var (expected, actual) = (new List<EdgeChange>(), new List<EdgeChange>());
        for (var i = 0; i < 2 * GenerationMax; i++)
        {
            var sighting = new Sighting(SightingRole.Presented, LinkKind.Recirculation, Band(i), 9, 0, i, 1);
            judge.Book(sighting);
            again.Book(sighting);
        }

        judge.TakeChanges(expected);
        again.TakeChanges(actual);
        Assert.True(expected.Count > 100);
        Assert.Equal(Describe(expected), Describe(actual));
    }

    private static LinkJudge NewJudge() => new(sharedKeysMax: 10, sightingsMax: GenerationMax, GenerationMax, GenerationMax);

    private static Sighting Meet(Random random, SightingRole role) => new(
        role, LinkKind.Recirculation, Band(random.Next(2 * GenerationMax)), (ulong)random.Next(1, 5), 0, random.Next(), 1);

    private static string Describe(List<EdgeChange> changes) => string.Join('\n', changes.Select(change =>
        $"{change.Key:x} {string.Join(',', change.Members!.Select(member => $"{member.Account}:{member.Offset}"))}"));

    private static ulong Band(int i) => KeyHash.Mix((ulong)i + 1);
}
