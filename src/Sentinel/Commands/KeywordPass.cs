using System.IO.Compression;
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Hosting.Commands;

/// <summary>
/// Which events of a file of exchanges hold a keyword. Observations carry no text, so that what the keyword list needs
/// takes a pass of its own. Lines that cannot be used are told by the run that judges the file.
/// </summary>
internal static class KeywordPass
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static HashSet<EventKey> Run(string path, CancellationToken cancel)
    {
        var found = new HashSet<EventKey>();
        var exchange = new Exchange();
        try
        {
            using var file = File.OpenRead(path);
            using Stream text = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            using var lines = new StreamReader(text, Encoding.UTF8);
            while (lines.ReadLine() is { } line)
            {
                cancel.ThrowIfCancellationRequested();
                if (ExchangeDecoder.TryDecode(Encoding.UTF8.GetBytes(line), exchange, out _)
                    && KeywordLexicon.Matches(exchange))
                {
                    found.Add(EventKey.Of(exchange.EventId.Span));
                }
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"cannot read {path}: {cause.Message}");
        }

        return found;
    }
}
