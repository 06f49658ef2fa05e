using System.Globalization;
using Sentinel.Hosting.Terminal;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary>What commands that read exchanges have in common.</summary>
internal static class Inputs
{
    /// <summary>Finds what <c>--input</c> names.</summary>
    /// <exception cref="CommandException">There is no such input.</exception>
    public static InputSet Find(string input, Screen screen)
    {
        if (!InputSet.TryFind(input, Console.OpenStandardInput, out var set, out var problem))
        {
            throw CommandException.Usage(problem);
        }

        if (set.Ignored.Length > 0)
        {
            var first = Screen.Printable(set.Ignored[0]);
            screen.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{set.Ignored.Length} entries of {input} are no input, such as {first}"));
        }

        return set;
    }

    /// <summary>Runs what reads an input; one that fails while it is read is the input's fault.</summary>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (InputReadException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
    }

    /// <summary>How far a run is, 0..1, where the length of its input is known.</summary>
    public static double? ShareOf(RunProgress progress) =>
        progress.BytesTotal is > 0 and var total ? Math.Min(1, progress.BytesRead / (double)total) : null;

    /// <summary>How far a run is, for people.</summary>
    public static string Describe(RunProgress progress)
    {
        var rate = progress.Lines / Math.Max(progress.Elapsed.TotalSeconds, 0.001);
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Lines:N0} exchanges, {rate:N0} a second");
    }
}
