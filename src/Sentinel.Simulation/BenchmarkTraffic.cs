using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation;

/// <summary>
/// Endless ordinary traffic for measuring speed and memory: lines of nearly one size, evenly over a number of accounts
/// (each once a round), a fixed time apart. Nobody does anything wrong. The same seed gives the same bytes, and memory
/// does not grow with the accounts. Not thread-safe.
/// </summary>
public sealed class BenchmarkTraffic : IDisposable
{
    /// <summary>Accounts that can be asked for.</summary>
    public const int AccountsMax = 100_000_000;

    /// <summary>Smallest line that can be asked for: the fields beside the text take about 700 bytes.</summary>
    public const int LineBytesMin = 800;

    /// <summary>Largest line that can be asked for.</summary>
    public const int LineBytesMax = 1024 * 1024;

    // A prime above any number of accounts, so that stepping by it visits each account once a round.
    private const long Stride = 2_147_483_647;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly DateTimeOffset StartsAt = new(2026, 10, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly int _accountCount;
    private readonly int _lineBytes;
    private readonly double _stepMs;
    private readonly ulong _seed;
    private readonly Utf8Buffer _text = new(isJson: false);
    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);
    private readonly byte[] _short = new byte[64];
    private readonly PromptFrame _frame;
    private readonly PromptFrame _filler;

    /// <summary>Traffic of so many accounts, in lines of about so many bytes, so many a second of event time.</summary>
    public BenchmarkTraffic(int accountCount, int lineBytes, double exchangesPerSecond, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accountCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(accountCount, AccountsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(lineBytes, LineBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lineBytes, LineBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exchangesPerSecond);
        (_accountCount, _lineBytes, _seed) = (accountCount, lineBytes, seed);
        _stepMs = 1000.0 / exchangesPerSecond;
        // English grammars are ASCII, so that a text may be cut anywhere.
        _frame = PromptLibrary.Shared.Family("support").Frames.First(frame => frame.Language == "en");
        _filler = PromptLibrary.Shared.Family("chat").Frames.First(frame => frame.Language == "en");
    }

    /// <summary>Exchanges written so far.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Writes the next line with its line feed.</summary>
    public void WriteNext(IBufferWriter<byte> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var account = ExchangeCount * Stride % _accountCount;
        var accountSeed = Chance.Derive(_seed, (ulong)account);
        _json.Reset(line);
        _json.WriteStartObject();
        ExchangeWriter.FormatEventId(_seed, ExchangeCount, _short);
        _json.WriteString("event_id"u8, _short.AsSpan(0, ExchangeWriter.EventIdLength));
        WriteTime("occurred_at"u8, StartsAt.AddMilliseconds(ExchangeCount * _stepMs));
        WriteAccountAndClient(accountSeed);
        WriteRequestAndResponse(accountSeed);
        _json.WriteEndObject();
        _json.Flush();
        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        ExchangeCount++;
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private void WriteAccountAndClient(ulong accountSeed)
    {
        var chance = new Chance(accountSeed);
        var address = Addresses.Of("residential", "US", accountSeed);
        var client = TraitTables.Clients.Draw(ref chance);
        _json.WriteStartObject("account"u8);
        WriteKey("id"u8, Chance.Derive(accountSeed, 1));
        WriteTime("created_at"u8, StartsAt.AddHours(-1 - chance.Below(10_000)));
        _json.WriteString("plan"u8, TraitTables.Plans.Draw(ref chance));
        WriteKey("payment_hash"u8, Chance.Derive(accountSeed, 2));
        _json.WriteString("country"u8, "US"u8);
        _json.WriteEndObject();
        _json.WriteStartObject("client"u8);
        WriteAddress(address.Ip);
        _json.WriteNumber("asn"u8, address.Asn);
        _json.WriteString("network"u8, "residential"u8);
        _json.WriteString("user_agent"u8, client.UserAgent);
        _json.WriteString("ja4"u8, client.Ja4[0]);
        _json.WriteEndObject();
    }

    private void WriteRequestAndResponse(ulong accountSeed)
    {
        var turnSeed = Chance.Derive(_seed, ~(ulong)ExchangeCount);
        var chance = new Chance(turnSeed);
        var frameChance = new Chance(accountSeed);
        _json.WriteStartObject("request"u8);
        _json.WriteString("model"u8, "medium-4"u8);
        WriteKey("conversation_id"u8, turnSeed);
        _json.WriteNumber("turn"u8, 1);
        _text.Truncate(0);
        _frame.System!.Render(ref frameChance, new TextSeeds(turnSeed, accountSeed, null), _text);
        var systemBytes = Math.Min(_text.Length, _lineBytes / 4);
        _json.WriteString("system"u8, _text.Span[..systemBytes]);
        _json.WriteStartArray("messages"u8);
        _json.WriteStartObject();
        _json.WriteString("role"u8, "user"u8);
        // What the rest of the line takes is known to within a few bytes.
        var contentBytes = Math.Max(40, _lineBytes - (int)(_json.BytesCommitted + _json.BytesPending) - 118);
        _text.Truncate(0);
        while (_text.Length < contentBytes)
        {
            _filler.Users[0].Render(ref chance, new TextSeeds(turnSeed, accountSeed, null), _text);
            _text.Add(" "u8);
        }

        _json.WriteString("content"u8, _text.Span[..contentBytes]);
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteString("reasoning"u8, TraitTables.Reasonings.Draw(ref chance));
        _json.WriteEndObject();
        _json.WriteStartObject("response"u8);
        _json.WriteNumber("status"u8, 200);
        _json.WriteNumber("input_tokens"u8, (systemBytes + contentBytes) / 4);
        _json.WriteNumber("output_tokens"u8, chance.Between(20, 900));
        _json.WriteBoolean("refused"u8, false);
        _json.WriteEndObject();
    }

    private void WriteAddress(uint ip)
    {
        var address = new System.Net.IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(ip));
        address.TryFormat(_short, out var length);
        _json.WriteString("ip"u8, _short.AsSpan(0, length));
    }

    private void WriteKey(ReadOnlySpan<byte> name, ulong key)
    {
        Utf8Formatter.TryFormat(key, _short, out var length, new StandardFormat('x', 16));
        _json.WriteString(name, _short.AsSpan(0, length));
    }

    private void WriteTime(ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        time.UtcDateTime.TryFormat(
            _short, out var length, TimeFormat, CultureInfo.InvariantCulture);
        _json.WriteString(name, _short.AsSpan(0, length));
    }
}
