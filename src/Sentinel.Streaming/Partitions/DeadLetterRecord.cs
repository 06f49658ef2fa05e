using System.Globalization;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Ports;

namespace Sentinel.Streaming.Partitions;

/// <summary>Dead letters as records. They hold the head of what could not be used, which may be a customer's text.</summary>
internal static class DeadLetterRecord
{
    /// <summary>Names the record that could not be used, so that writing the letter twice is writing it once.</summary>
    public static ReadOnlyMemory<byte> Key(DeadLetter letter) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{letter.Source}/{letter.Line}"));

    /// <summary>One JSON object.</summary>
    public static ReadOnlyMemory<byte> Value(DeadLetter letter) => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, object>
        {
            ["source"] = letter.Source,
            ["offset"] = letter.Line,
            ["code"] = letter.Code,
            ["detail"] = letter.Detail,
            ["head"] = letter.Head,
        });
}
