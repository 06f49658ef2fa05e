using Sentinel.Detection.Observations;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Preparation;

public sealed class SecondOpinionTests
{
    private static readonly string Template =
        ExchangeJson.Full("#event", "#account").Remove("request.system").Prompt("#prompt").ToString();

    private static readonly SecondOpinionLimits Limits = new(64, 100, 1);

    private readonly FakeSecondTier _second = new();

    [Fact]
    public async Task Ask_OneFrame_IsReadOnceAndChangesAllItsExchanges()
    {
        var seen = await RunAsync(Limits, 1, Enumerable.Range(0, 600).Select(i => i % 2 == 0 ? Unsure("one and the same") : "hello"));
        Assert.Equal(1, _second.ReadCount);
        Assert.All(seen.Where((_, i) => i % 2 == 0), static item => Assert.StartsWith("2 500", item, StringComparison.Ordinal));
        Assert.All(seen.Where((_, i) => i % 2 == 1), static item => Assert.Equal("1 1000", item));
        Assert.Equal(0, _second.Holders);
    }

    [Fact]
    public async Task Ask_AnyNumberOfWorkers_DecidesAlike()
    {
        string[] prompts = [.. Enumerable.Range(0, 4_000).Select(i => i % 3 == 0
            ? Unsure(string.Concat(Enumerable.Repeat("a ", i % 700 % 90)) + $"frame {(char)('a' + (i % 26))}{i % 500}x")
            : "hello")];
        var one = await RunAsync(Limits, 1, prompts);
        Assert.Contains(one, static item => item[0] == '2');
        Assert.Equal(one, await RunAsync(Limits, 2, prompts));
        Assert.Equal(one, await RunAsync(Limits, 7, prompts));
    }

    [Fact]
    public async Task Ask_FloodOfNewFrames_StaysWithinItsBudget()
    {
        const int Count = 20_000;
        var seen = await RunAsync(Limits, 2, Enumerable.Range(0, Count).Select(i => Unsure($"word{Letters(i)} never seen")));
        var most = Limits.SavedMax + (Count / Limits.ExchangesPerReading);
        Assert.InRange(_second.ReadCount, most - 2, most);
        Assert.Equal(_second.ReadCount, seen.Count(static item => item[0] == '2'));
        Assert.All(seen.Where(static item => item[0] == '1'), static item => Assert.Equal("1 64000", item));
    }

    [Fact]
    public async Task Ask_FrameThatComesOnce_IsLeftToTheFirstTier()
    {
        string[] prompts =
        [
            .. Enumerable.Range(0, 300).Select(i => Unsure($"word{Letters(i)} said once")),
            Unsure("said again"), "hello", Unsure("said again"), Unsure("said again"),
        ];
        var seen = await RunAsync(SecondOpinionLimits.Lane, 2, prompts);
        Assert.Equal(1, _second.ReadCount);
        Assert.Equal(3, seen.Count(static item => item[0] == '2'));
    }

    private static string Unsure(string text) => $"{FakeScorer.Marker} {text}";

    private static string Letters(int number) => string.Concat(number.ToString("D5", null).Select(static c => (char)('a' + c - '0')));

    private async Task<List<string>> RunAsync(
        SecondOpinionLimits limits, int workers, IEnumerable<string> prompts)
    {
        var lines = prompts.Select((prompt, i) => Template
            .Replace("#event", $"ev-{i}", StringComparison.Ordinal)
            .Replace("#account", $"acct-{i % 7}", StringComparison.Ordinal)
            .Replace("#prompt", prompt, StringComparison.Ordinal));
        var seen = new List<string>();
        using var reader = new InputReader(TestInput.Of(TestInput.Lines(lines)));
        var pipeline = new PreparationPipeline(
            new TwoTiers(new FakeScorer(), _second), workers, TimeProvider.System, limits);
        await pipeline.RunAsync(
            reader,
            chunk =>
            {
                foreach (var observation in chunk.Observations)
                {
                    seen.Add($"{observation.Tier} {observation.Scores.HarvestSteps}");
                }

                var isChanged = chunk.Observations.ToArray().Any(static o => o.Tier == Observation.SecondTier);
                Assert.Equal(isChanged ? _second.Model : null, chunk.SecondModel);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        return seen;
    }
}
