using System.Buffers;
using System.Text.Json;

namespace Sentinel.Api.Decisions;

/// <summary>Reads the body of <c>POST /v1/decisions</c>.</summary>
internal static class QuestionReader
{
    // 128 characters, each escaped as a pair of \uXXXX.
    private const int EscapedMax = AccountIdText.CharsMax * 12;

    /// <summary>
    /// Reads the question that is asked most, <c>{"account_id":"…"}</c> and nothing else, without making anything. What
    /// is
    /// not that is for <see cref="TryRead"/>.
    /// </summary>
    public static bool TryReadOne(in ReadOnlySequence<byte> body, Span<char> account, out int length)
    {
        length = 0;
        var reader = body.IsSingleSegment ? new Utf8JsonReader(body.FirstSpan) : new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject
                || !reader.Read() || !reader.ValueTextEquals("account_id"u8)
                || !reader.Read() || reader.TokenType != JsonTokenType.String
                || (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > account.Length)
            {
                return false;
            }

            length = reader.CopyString(account);
            return reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Room that <see cref="TryReadOne"/> needs for an account.</summary>
    public static int AccountCharsMax => EscapedMax;

    /// <summary>Reads any question; false if the body is none.</summary>
    public static bool TryRead(
        in ReadOnlySequence<byte> body, JsonSerializerOptions options, out DecisionQuestion question)
    {
        question = new DecisionQuestion();
        try
        {
            var reader = new Utf8JsonReader(body);
            if (JsonSerializer.Deserialize<DecisionQuestion>(ref reader, options) is not { } read || reader.Read())
            {
                return false;
            }

            question = read;
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
