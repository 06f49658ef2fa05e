using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation;

/// <summary>What of one exchange is not a property of its account.</summary>
/// <param name="Number">Position in the traffic, from 0.</param>
/// <param name="OccurredAtMs">Milliseconds since 1970 UTC.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="Frame">How it is worded.</param>
/// <param name="ReplayedReference">A reasoning reference of another account that it presents, or 0.</param>
internal readonly record struct ExchangeFacts(
    long Number, long OccurredAtMs, ClientAddress Address, FrameInUse Frame, ulong ReplayedReference);

/// <summary>
/// Writes exchanges as exchange.v1 lines. Texts are drawn straight into the line; earlier turns of a conversation are
/// drawn again from their seeds, so that nothing is remembered. Not thread-safe.
/// </summary>
internal sealed class ExchangeWriter(ulong runSeed) : IDisposable
{
    /// <summary>Length of an event id.</summary>
    public const int EventIdLength = 3 + 8 + 1 + 10;

    /// <summary>Format of times: UTC with milliseconds.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private const double SketchedShare = 0.3;

    /// <summary>Prompts are written as UTF-8 without escapes that JSON does not ask for, as gateways do.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Utf8Buffer _text = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);
    private readonly byte[] _short = new byte[64];
    private readonly uint[] _sketch = new uint[MinHashSketch.Length];

    /// <summary>The id of the exchange with that number.</summary>
    public static void FormatEventId(ulong runSeed, long number, Span<byte> id)
    {
        "ev-"u8.CopyTo(id);
        Utf8Formatter.TryFormat((uint)(Chance.Derive(runSeed, 9) >> 32), id[3..], out _, new StandardFormat('x', 8));
        id[11] = (byte)'-';
        Utf8Formatter.TryFormat(number, id[12..], out _, new StandardFormat('D', 10));
    }

    /// <summary>Writes one line; returns the reasoning reference it issued, or 0.</summary>
    public ulong Write(SimulatedAccount account, in ExchangeFacts facts, IBufferWriter<byte> output)
    {
        var turnSeed = TurnSeed(account, account.Turn);
        var chance = new Chance(~turnSeed);
        _json.Reset(output);
        _json.WriteStartObject();
        FormatEventId(runSeed, facts.Number, _short);
        _json.WriteString("event_id"u8, _short.AsSpan(0, EventIdLength));
        WriteTime("occurred_at"u8, facts.OccurredAtMs);
        WriteAccount(account, facts.OccurredAtMs - account.NextMs);
        WriteClient(account, facts.Address);
        var promptBytes = WriteRequest(account, facts, ref chance);
        var issued = account.Reasons ? Chance.Derive(turnSeed, 11) : 0;
        issued = WriteResponse(account, facts, promptBytes, issued, ref chance);
        _json.WriteEndObject();
        _json.Flush();
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
        return issued;
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private static ulong TurnSeed(SimulatedAccount account, int turn) =>
        Chance.Derive(account.ConversationSeed, (ulong)turn);

    private static PromptFrame FrameOf(SimulatedAccount account, FrameInUse use, ref Chance chance) =>
        use.Family.Wanders ? use.Family.Draw(account.Language, ref chance) : use.Frame;

    private void WriteAccount(SimulatedAccount account, long recipeStartMs)
    {
        _json.WriteStartObject("account"u8);
        WriteKey("id"u8, "acct-"u8, account.Id);
        WriteKeyOrNull("org_id"u8, "org-"u8, account.Org);
        WriteTime("created_at"u8, recipeStartMs + account.CreatedAtMs);
        _json.WriteString("plan"u8, account.Plan);
        _json.WriteString("signup_route"u8, account.SignupRoute);
        _json.WriteString("email_domain"u8, account.EmailDomain);
        WriteKey("email_hash"u8, default, account.Email);
        WriteKeyOrNull("payment_hash"u8, default, account.Payment);
        WriteKeyOrNull("phone_hash"u8, default, account.Phone);
        _json.WriteString("country"u8, account.Country);
        _json.WriteEndObject();
    }

    private void WriteClient(SimulatedAccount account, ClientAddress address)
    {
        _json.WriteStartObject("client"u8);
        var length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            Utf8Formatter.TryFormat((byte)(address.Ip >> shift), _short.AsSpan(length), out var written);
            length += written;
            _short[length++] = (byte)'.';
        }

        _json.WriteString("ip"u8, _short.AsSpan(0, length - 1));
        _json.WriteNumber("asn"u8, address.Asn);
        _json.WriteString("country"u8, account.ClientCountry);
        _json.WriteString("network"u8, account.Network);
        _json.WriteString("user_agent"u8, account.Client.UserAgent);
        _json.WriteString("ja4"u8, account.Ja4);
        WriteKeyOrNull("device_hash"u8, default, account.Device);
        WriteKey("api_key_id"u8, "key-"u8, Chance.Derive(account.Seed, 12));
        _json.WriteEndObject();
    }

    private int WriteRequest(SimulatedAccount account, in ExchangeFacts facts, ref Chance chance)
    {
        _json.WriteStartObject("request"u8);
        _json.WriteString("model"u8, account.Model);
        _json.WriteString("operation"u8, "chat"u8);
        WriteKey("conversation_id"u8, "c-"u8, account.ConversationSeed);
        _json.WriteNumber("turn"u8, account.Turn);
        var promptBytes = WritePrompt(account, facts.Frame);
        _json.WriteStartArray("tools"u8);
        foreach (var tool in facts.Frame.Family.Tools)
        {
            _json.WriteStringValue(tool);
        }

        _json.WriteEndArray();
        _json.WriteStartArray("modalities"u8);
        _json.WriteStringValue("text"u8);
        _json.WriteEndArray();
        _json.WriteNumber("max_tokens"u8, account.OutputLimit);
        if (double.IsNaN(account.Temperature))
        {
            _json.WriteNull("temperature"u8);
        }
        else
        {
            _json.WriteNumber("temperature"u8, account.Temperature);
        }

        _json.WriteNumber("n"u8, account.Samples);
        _json.WriteBoolean("logprobs"u8, account.Logprobs);
        _json.WriteBoolean("stream"u8, account.Streams);
        _json.WriteString("reasoning"u8, account.Reasoning);
        WriteReferencesPresented(account, facts.ReplayedReference, ref chance);
        _json.WriteEndObject();
        return promptBytes;
    }

    private int WritePrompt(SimulatedAccount account, FrameInUse use)
    {
        _text.Truncate(0);
        var bytes = 0;
        if (use.Frame.System is { } system && !use.Family.Wanders)
        {
            var seed = Chance.Derive(use.Seed, 1);
            var frameChance = new Chance(seed);
            system.Render(ref frameChance, new TextSeeds(seed, use.Seed), _text);
            bytes += _text.Length;
            _json.WriteString("system"u8, _text.Span);
        }
        else
        {
            _json.WriteNull("system"u8);
        }

        _json.WriteStartArray("messages"u8);
        for (var turn = 1; turn <= account.Turn; turn++)
        {
            var seed = TurnSeed(account, turn);
            RenderUser(account, use, seed);
            bytes += WriteMessage("user"u8);
            if (turn < account.Turn)
            {
                RenderReply(account, use, seed);
                bytes += WriteMessage("assistant"u8);
            }
        }

        _json.WriteEndArray();
        return bytes;
    }

    private void RenderUser(SimulatedAccount account, FrameInUse use, ulong seed)
    {
        var chance = new Chance(seed);
        var frame = FrameOf(account, use, ref chance);
        _text.Truncate(0);
        frame.Users[chance.Below(frame.Users.Length)].Render(ref chance, new TextSeeds(seed, use.Seed), _text);
    }

    private void RenderReply(SimulatedAccount account, FrameInUse use, ulong seed)
    {
        var frameChance = new Chance(seed);
        var frame = FrameOf(account, use, ref frameChance);
        var chance = new Chance(Chance.Derive(seed, 13));
        _text.Truncate(0);
        frame.Replies[chance.Below(frame.Replies.Length)].Render(ref chance, new TextSeeds(seed, use.Seed), _text);
    }

    private int WriteMessage(ReadOnlySpan<byte> role)
    {
        _json.WriteStartObject();
        _json.WriteString("role"u8, role);
        _json.WriteString("content"u8, _text.Span);
        _json.WriteEndObject();
        return _text.Length;
    }

    private void WriteReferencesPresented(SimulatedAccount account, ulong replayed, ref Chance chance)
    {
        _json.WriteStartArray("reasoning_refs_presented"u8);
        if (account.Reasons && account.Turn > 1 && chance.Hits(0.8))
        {
            WriteKeyValue(Chance.Derive(TurnSeed(account, account.Turn - 1), 11));
        }

        if (replayed != 0)
        {
            WriteKeyValue(replayed);
        }

        _json.WriteEndArray();
    }

    private ulong WriteResponse(
        SimulatedAccount account, in ExchangeFacts facts, int promptBytes, ulong issued, ref Chance chance)
    {
        var outcome = chance.Unit();
        var status = outcome < 0.010 ? 429 : outcome < 0.013 ? 500 : 200;
        var isRefused = status == 200 && outcome > 0.988;
        var inputTokens = Math.Max(1, (int)(promptBytes / (3.4 + chance.Unit())));
        var wanted = isRefused ? chance.Between(20, 80) : (int)chance.LogNormal(320, 0.8);
        var outputTokens = status == 200 ? Math.Clamp(wanted, 1, account.OutputLimit) : 0;
        var reasoningTokens = status == 200 && account.Reasons ? (int)chance.LogNormal(380, 0.9) : 0;
        _json.WriteStartObject("response"u8);
        _json.WriteNumber("status"u8, status);
        if (status == 200)
        {
            var isCut = outputTokens == account.OutputLimit;
            _json.WriteString("finish_reason"u8, isRefused ? "refusal"u8 : isCut ? "length"u8 : "stop"u8);
        }
        else
        {
            _json.WriteNull("finish_reason"u8);
        }

        _json.WriteNumber("input_tokens"u8, inputTokens);
        _json.WriteNumber("output_tokens"u8, outputTokens);
        _json.WriteNumber("reasoning_tokens"u8, reasoningTokens);
        var tokens = outputTokens + reasoningTokens;
        _json.WriteNumber("latency_ms"u8, 180 + (int)(tokens * (6 + (8 * chance.Unit()))) + chance.Below(300));
        _json.WriteBoolean("refused"u8, isRefused);
        var isIssued = issued != 0 && status == 200 && !isRefused;
        WriteKeyOrNull("reasoning_ref_issued"u8, default, isIssued ? issued : 0);
        WriteSketch(account, facts.Frame, status == 200 && !isRefused && chance.Hits(SketchedShare));
        _json.WriteEndObject();
        return isIssued ? issued : 0;
    }

    private void WriteSketch(SimulatedAccount account, FrameInUse use, bool isReleased)
    {
        _json.WriteStartArray("output_sketch"u8);
        if (isReleased)
        {
            // The same words that come back as the model's turn if the conversation goes on.
            RenderReply(account, use, TurnSeed(account, account.Turn));
            if (MinHashSketch.Compute(_text.Span, _sketch))
            {
                foreach (var minimum in _sketch)
                {
                    _json.WriteNumberValue(minimum);
                }
            }
        }

        _json.WriteEndArray();
    }

    private void WriteTime(ReadOnlySpan<byte> name, long unixMs)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime;
        time.TryFormat(_short, out var length, TimeFormat, CultureInfo.InvariantCulture);
        _json.WriteString(name, _short.AsSpan(0, length));
    }

    private void WriteKeyOrNull(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ulong key)
    {
        if (key == 0)
        {
            _json.WriteNull(name);
        }
        else
        {
            WriteKey(name, prefix, key);
        }
    }

    private void WriteKey(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ulong key) =>
        _json.WriteString(name, FormatKey(prefix, key));

    private void WriteKeyValue(ulong key) => _json.WriteStringValue(FormatKey(default, key));

    private ReadOnlySpan<byte> FormatKey(ReadOnlySpan<byte> prefix, ulong key)
    {
        prefix.CopyTo(_short);
        Utf8Formatter.TryFormat(key, _short.AsSpan(prefix.Length), out var length, new StandardFormat('x', 16));
        return _short.AsSpan(0, prefix.Length + length);
    }
}
