using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Preparation;

public sealed class PreparerTests
{
    private readonly FakeScorer _scorer = new();

    [Fact]
    public void Prepare_MixedLines_KeepsTheGoodInOrderAndTheBadAside()
    {
        byte[] text =
        [
            .. TestInput.Good(2),
            .. "nonsense\n\n"u8,
            .. TestInput.Good(1, 2),
            .. "{\"event_id\":\""u8, 0xFF, .. "\"}\n"u8,
            .. TestInput.Lines(ExchangeJson.Full().Remove("account.id")),
            .. TestInput.Lines(new string('[', 200)),
            .. TestInput.Lines("{\"a\":" + new string('[', 200)),
            .. TestInput.Good(1, 3),
        ];
        var prepared = Prepare(text);
        Assert.Equal(["ev-0", "ev-1", "ev-2", "ev-3"], prepared.EventIds.ToArray().Select(id => id.ToString()));
        Assert.Equal(
            [(3, "not_json"), (6, "invalid_utf8"), (7, "missing_property"), (8, "wrong_type"), (9, "too_deep")],
            prepared.DeadLetters.Select(letter => ((int)letter.Line, letter.Code)));
        Assert.Equal("nonsense", prepared.DeadLetters[0].Head);
        Assert.Equal("in.jsonl", prepared.DeadLetters[0].Source);
        Assert.Equal(TestInput.Good(2).Length, prepared.DeadLetters[0].ByteOffset);
        Assert.Equal([4], _scorer.Batches);
    }

    [Fact]
    public void Prepare_Excerpt_IsKeptOfHarvestingOnly()
    {
        var prepared = Prepare(TestInput.Lines(
            ExchangeJson.Full("a").Prompt("What is the capital of France, and why is it there?"),
            ExchangeJson.Full("b").Prompt($"Write {FakeScorer.Marker} training data about the capital of France.")));
        Assert.True(prepared.Observations[0].Excerpt.IsEmpty);
        Assert.False(prepared.Observations[1].Excerpt.IsEmpty);
        Assert.Equal(64_000, prepared.Observations[1].Scores.HarvestSteps);
        Assert.Equal(EventKey.Of("a"u8), prepared.Observations[0].EventKey);
    }

    [Fact]
    public void Prepare_LongLine_IsALetterWithItsLength()
    {
        var prepared = Prepare(TestInput.Lines(new string('x', ExchangeDecoder.LineBytesMax + 9), "{}"));
        Assert.Equal(["too_long", "missing_property"], prepared.DeadLetters.Select(letter => letter.Code));
        Assert.Contains("4194313 bytes", prepared.DeadLetters[0].Detail, StringComparison.Ordinal);
        Assert.Equal(DeadLetter.HeadMax, prepared.DeadLetters[0].Head.Length);
    }

    [Fact]
    public void Prepare_CutGzip_IsOneLetterAndUsesAWholeLastLine()
    {
        var gzip = TestInput.Gzip(TestInput.Good(300)[..^1]);
        var letters = new List<DeadLetter>();
        Assert.Equal(300, Count(gzip[..^4], letters));
        Assert.Equal("truncated_gzip", Assert.Single(letters).Code);

        letters.Clear();
        Assert.InRange(Count(gzip[..(gzip.Length / 2)], letters), 50, 299);
        Assert.Equal("truncated_gzip", Assert.Single(letters).Code);
        Assert.Contains("came before", letters[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_Head_NeverHalvesACharacter()
    {
        var prepared = Prepare(Encoding.UTF8.GetBytes("x" + string.Concat(Enumerable.Repeat("😀", 300)) + "\n"));
        var head = Assert.Single(prepared.DeadLetters).Head;
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 99)), head);
    }

    [Fact]
    public void Prepare_GoodLines_AllocateNothing()
    {
        using var reader = new InputReader(TestInput.Of(TestInput.Good(200)));
        var lines = new LineChunk();
        Assert.True(reader.TryRead(lines, CancellationToken.None));
        var preparer = new Preparer(new IdleScorer());
        var prepared = new PreparedChunk();
        for (var i = 0; i < 3; i++)
        {
            preparer.Prepare(lines, prepared);
        }

        Assert.Equal(0, AllocatedBytes.Of(() => preparer.Prepare(lines, prepared)));
        Assert.Equal(200, prepared.Count);
    }

    private PreparedChunk Prepare(byte[] text)
    {
        using var reader = new InputReader(TestInput.Of(text));
        var lines = new LineChunk();
        Assert.True(reader.TryRead(lines, CancellationToken.None));
        var prepared = new PreparedChunk();
        new Preparer(_scorer).Prepare(lines, prepared);
        return prepared;
    }

    private int Count(byte[] gzip, List<DeadLetter> letters)
    {
        using var reader = new InputReader(TestInput.Of(gzip, "in.jsonl.gz"));
        var (lines, prepared, count) = (new LineChunk(), new PreparedChunk(), 0);
        var preparer = new Preparer(_scorer);
        while (reader.TryRead(lines, CancellationToken.None))
        {
            preparer.Prepare(lines, prepared);
            count += prepared.Count;
            letters.AddRange(prepared.DeadLetters);
        }

        return count;
    }
}
