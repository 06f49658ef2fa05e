using System.Text.Json;
using Sentinel.Detection.Ports;

namespace Sentinel.Hosting.Output;

/// <summary>A line of <c>--dead-letters</c>.</summary>
internal static class DeadLetterLine
{
    /// <summary>Writes the object; the line end is the caller's.</summary>
    public static void Write(Utf8JsonWriter writer, DeadLetter letter)
    {
        writer.WriteStartObject();
        writer.WriteString("source", letter.Source);
        writer.WriteNumber("line", letter.Line);
        writer.WriteNumber("byte_offset", letter.ByteOffset);
        writer.WriteString("code", letter.Code);
        writer.WriteString("detail", letter.Detail);
        writer.WriteString("head", letter.Head);
        writer.WriteEndObject();
    }
}
