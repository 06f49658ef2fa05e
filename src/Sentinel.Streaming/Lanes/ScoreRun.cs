using System.Text.Json;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Scoring;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>
/// Scores every exchange of an input and writes a line for each, as <c>sentinel score</c> does: no state, no store,
/// duplicates included.
/// </summary>
/// <param name="scorer">The classifier.</param>
/// <param name="workerCount">Threads that prepare.</param>
/// <param name="clock">Times progress.</param>
public sealed class ScoreRun(IScorer scorer, int workerCount, TimeProvider clock)
{
    private const int ScoreDigits = 6;

    private static readonly JsonEncodedText[] KindNames = [.. ContentKinds.Names.Select(name =>
        JsonEncodedText.Encode(name))];

    /// <summary>Runs.</summary>
    /// <param name="input">The sources.</param>
    /// <param name="output">Gets the lines.</param>
    /// <param name="progress">Gets progress now and then.</param>
    /// <param name="deadLetter">Gets every line that could not be scored.</param>
    /// <param name="cancel">Ends the run between two chunks.</param>
    /// <returns>Exchanges scored.</returns>
    /// <exception cref="InputReadException">A source could not be read.</exception>
    public async Task<long> RunAsync(
        InputSet input,
        Stream output,
        Action<RunProgress> progress,
        Action<DeadLetter> deadLetter,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var reader = new InputReader(input);
        using var lines = new MemoryStream();
        await using var writer = new Utf8JsonWriter(lines);
        var ticks = new ProgressClock(reader, input.BytesTotal, clock, progress);
        var count = 0L;
        await new PreparationPipeline(scorer, workerCount, clock, SecondOpinionLimits.Score).RunAsync(
            reader,
            async chunk =>
            {
                lines.SetLength(0);
                WriteLines(chunk, writer, lines);
                await output.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancel);
                count += chunk.Count;
                chunk.DeadLetters.ForEach(deadLetter);
                ticks.Add(chunk);
            },
            cancel);
        await output.FlushAsync(cancel);
        ticks.Tell();
        return count;
    }

    private static void WriteLines(PreparedChunk chunk, Utf8JsonWriter writer, MemoryStream lines)
    {
        for (var i = 0; i < chunk.Count; i++)
        {
            ref var scores = ref chunk.Observations[i].Scores;
            writer.Reset();
            writer.WriteStartObject();
            writer.WriteString("event_id"u8, chunk.EventIds[i].Span);
            writer.WriteNumber("tier"u8, chunk.Observations[i].Tier);
            writer.WriteStartObject("scores"u8);
            for (var kind = 0; kind < ContentKinds.Count; kind++)
            {
                writer.WriteNumber(KindNames[kind], Rounded(scores.KindSteps[kind]));
            }

            writer.WriteNumber("harvest"u8, Rounded(scores.HarvestSteps));
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.Flush();
            lines.WriteByte((byte)'\n');
        }
    }

    // A decimal prints no exponent and no zeros at its end.
    private static decimal Rounded(ushort steps) => (decimal)Math.Round(steps / (double)ushort.MaxValue, ScoreDigits);
}
