// Writes what JsonSerializer makes of a DecisionAnswer, to the byte (a test holds the two together), without making
// one:
// this is the answer that is given most.
using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Gateways;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>One decision as the body of an answer.</summary>
internal static class DecisionJson
{
    private const string MediaType = "application/json; charset=utf-8";
    private const int EscapedMax = 6; // Bytes that one byte of UTF-8 can become.
    private const int NamesBytesMax = 512;
    private const int StackBytesMax = 2048; // Ids of 36 characters and what else is in most answers.

    /// <summary>Answers with a decision on an account.</summary>
    public static Task WriteAsync(
        HttpResponse response, ReadOnlySpan<char> account, in GatewayDecision decision, GatewayPolicy policy)
    {
        Span<byte> space = stackalloc byte[StackBytesMax];
        var bytesMax = BytesMax(account, decision);
        var body = bytesMax <= space.Length ? space : new byte[bytesMax];
        body = body[..Write(body, account, decision, policy)];
        response.ContentType = MediaType;
        response.ContentLength = body.Length;

        // Begun, so that the body is written behind the head and not kept until there is one; sent when the request ends.
        var begun = response.StartAsync();
        if (!begun.IsCompletedSuccessfully)
        {
            return FinishAsync(response, begun, body.ToArray());
        }

        response.BodyWriter.Write(body);
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(HttpResponse response, Task begun, byte[] body)
    {
        await begun;
        response.BodyWriter.Write(body);
    }

    /// <summary>Room that a decision needs at most.</summary>
    internal static int BytesMax(ReadOnlySpan<char> account, in GatewayDecision decision) => NamesBytesMax
        + (EscapedMax * 3 * (account.Length + decision.Reason.Length + decision.DecisionId.Length
            + (decision.CampaignId?.Length ?? 0)));

    /// <summary>Writes it at the beginning of the space.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(
        Span<byte> space, ReadOnlySpan<char> account, in GatewayDecision decision, GatewayPolicy policy)
    {
        var writer = new Writer(space);
        writer.Raw("{\"account_id\":"u8);
        writer.Text(account);
        writer.Raw(",\"decision\":"u8);
        writer.Text(WireNames.Of(decision.Action));
        writer.Raw(",\"reason\":"u8);
        writer.Text(decision.Reason);
        writer.Raw(",\"level\":"u8);
        writer.Text(WireNames.Of(decision.Level));
        writer.Raw(",\"campaign_id\":"u8);
        writer.TextOrNull(decision.CampaignId);
        writer.Raw(",\"ttl_seconds\":"u8);
        writer.Number(decision.TtlSeconds);
        writer.Raw(decision.IsStale ? ",\"stale\":true"u8 : ",\"stale\":false"u8);
        writer.Raw(",\"stale_for_seconds\":"u8);
        writer.NumberOrNull(decision.StaleFor is { } time ? DecisionAnswer.Rounded(time) : null);
        writer.Raw(",\"decision_id\":"u8);
        writer.Text(decision.DecisionId);
        writer.Raw(",\"policy_version\":"u8);
        writer.Number(decision.PolicyVersion);
        if (decision.Action == DecisionAction.Throttle)
        {
            writer.Raw(",\"throttle_per_minute\":"u8);
            writer.Number(policy.Options.ThrottlePerMinute);
        }

        writer.Raw("}"u8);
        return writer.Length;
    }

    private ref struct Writer(Span<byte> space)
    {
        private readonly Span<byte> _space = space;

        public int Length { get; private set; }

        private readonly Span<byte> Rest => _space[Length..];

        public void Raw(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(Rest);
            Length += bytes.Length;
        }

        public void Number(int value)
        {
            Utf8Formatter.TryFormat(value, Rest, out var written);
            Length += written;
        }

        public void NumberOrNull(double? value)
        {
            if (value is { } number && number.TryFormat(Rest, out var written, default, CultureInfo.InvariantCulture))
            {
                Length += written;
                return;
            }

            Raw("null"u8);
        }

        public void TextOrNull(string? text)
        {
            if (text is null)
            {
                Raw("null"u8);
                return;
            }

            Text(text);
        }

        public void Text(ReadOnlySpan<char> text)
        {
            Raw("\""u8);
            var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // As the API's other answers; never inside HTML.
            while (!text.IsEmpty)
            {
                // What needs no escape goes as it is; of the rest the encoder makes ASCII or leaves it.
                var plain = text.IndexOfAnyExceptInRange(' ', '~');
                var run = text[..(plain < 0 ? text.Length : plain)];
                var special = run.IndexOfAny('"', '\\');
                run = special < 0 ? run : run[..special];
                Length += Encoding.ASCII.GetBytes(run, Rest);
                text = text[run.Length..];
                if (!text.IsEmpty)
                {
                    text = text[Escape(encoder, text)..];
                }
            }

            Raw("\""u8);
        }

        // One code point.
        private int Escape(JavaScriptEncoder encoder, ReadOnlySpan<char> text)
        {
            Rune.DecodeFromUtf16(text, out _, out var used);
            Span<char> escaped = stackalloc char[EscapedMax * 2];
            encoder.Encode(text[..used], escaped, out _, out var length);
            Length += Encoding.UTF8.GetBytes(escaped[..length], Rest);
            return used;
        }
    }
}
