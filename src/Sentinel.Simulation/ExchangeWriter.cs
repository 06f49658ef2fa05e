using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation;

/// <summary>What of one exchange is not a property of its account.</summary>
/// <param name="Number">Position in the traffic, from 0.</param>
/// <param name="StartsAtMs">Start of the recipe, milliseconds since 1970 UTC.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="Model">The model it asks.</param>
/// <param name="ReplayedReference">A reasoning reference of another account that it presents, or 0.</param>
internal readonly record struct ExchangeFacts(
    long Number, long StartsAtMs, ClientAddress Address, JsonEncodedText Model, ulong ReplayedReference);

/// <summary>What came of one exchange.</summary>
/// <param name="ReferenceIssued">The reasoning reference handed out, or 0.</param>
/// <param name="IsAnswered">Whether the account got an answer.</param>
/// <param name="TurnSeed">Seed of its turn.</param>
internal readonly record struct ExchangeOutcome(ulong ReferenceIssued, bool IsAnswered, ulong TurnSeed);

/// <summary>
/// Writes exchanges as exchange.v1 lines. Texts are drawn straight into the line, their standing parts escaped once and
/// for all; earlier turns of a conversation are drawn again from their seeds, so that nothing is remembered. Not
/// thread-safe.
/// </summary>
internal sealed class ExchangeWriter(ulong runSeed)
{
    /// <summary>Length of an event id.</summary>
    public const int EventIdLength = 3 + 8 + 1 + 10;

    private const double SketchedShare = 0.3;

    private readonly Utf8Buffer _line = new(isJson: true);
    private readonly Utf8Buffer _captured = new(isJson: true);
    private readonly Utf8Buffer _reply = new(isJson: false);
    private readonly byte[] _eventId = new byte[EventIdLength];
    private readonly uint[] _sketch = new uint[MinHashSketch.Length];

    /// <summary>The id of the exchange with that number.</summary>
    public static void FormatEventId(ulong runSeed, long number, Span<byte> id)
    {
        "ev-"u8.CopyTo(id);
        Utf8Formatter.TryFormat((uint)(Chance.Derive(runSeed, 9) >> 32), id[3..], out _, new StandardFormat('x', 8));
        id[11] = (byte)'-';
        Utf8Formatter.TryFormat(number, id[12..], out _, new StandardFormat('D', 10));
    }

    /// <summary>Writes the line of the account's current turn, line feed included.</summary>
    public ExchangeOutcome Write(SimulatedAccount account, in ExchangeFacts facts, IBufferWriter<byte> output)
    {
        var turnSeed = TurnSeed(account, account.Turn);
        var chance = new Chance(~turnSeed);
        _line.Truncate(0);
        FormatEventId(runSeed, facts.Number, _eventId);
        _line.Add("{\"event_id\":\""u8);
        _line.Add(_eventId);
        _line.Add("\",\"occurred_at\":\""u8);
        _line.AddTime(facts.StartsAtMs + account.NextMs);
        WriteAccount(account, facts.StartsAtMs);
        WriteClient(account, facts.Address);
        var promptBytes = WriteRequest(account, facts, ref chance);
        var outcome = WriteResponse(account, promptBytes, turnSeed, ref chance);
        output.Write(_line.Span);
        return outcome;
    }

    private static ulong TurnSeed(SimulatedAccount account, int turn) =>
        Chance.Derive(account.ConversationSeed, (ulong)turn);

    private static PromptFrame FrameOf(string language, in FrameInUse use, ref Chance chance) =>
        use.Family.Wanders ? use.Family.Draw(language, ref chance) : use.Frame;

    private void WriteAccount(SimulatedAccount account, long startsAtMs)
    {
        _line.Add("\",\"account\":{\"id\":\"acct-"u8);
        _line.AddHex(account.Id);
        AddKeyOrNull("\",\"org_id\":"u8, "\"org-"u8, account.Org);
        _line.Add(",\"created_at\":\""u8);
        _line.AddTime(startsAtMs + account.CreatedAtMs);
        _line.Add("\",\"plan\":\""u8);
        _line.Add(account.Plan.EncodedUtf8Bytes);
        _line.Add("\",\"signup_route\":\""u8);
        _line.Add(account.SignupRoute.EncodedUtf8Bytes);
        _line.Add("\",\"email_domain\":\""u8);
        _line.Add(account.EmailDomain.EncodedUtf8Bytes);
        _line.Add("\",\"email_hash\":\""u8);
        _line.AddHex(account.Email);
        AddKeyOrNull("\",\"payment_hash\":"u8, "\""u8, account.Payment);
        AddKeyOrNull(",\"phone_hash\":"u8, "\""u8, account.Phone);
        _line.Add(",\"country\":\""u8);
        _line.Add(account.Country.EncodedUtf8Bytes);
    }

    private void WriteClient(SimulatedAccount account, ClientAddress address)
    {
        _line.Add("\"},\"client\":{\"ip\":\""u8);
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            _line.Add((long)(byte)(address.Ip >> shift));
            _line.Add(shift > 0 ? "."u8 : "\",\"asn\":"u8);
        }

        _line.Add(address.Asn);
        _line.Add(",\"country\":\""u8);
        _line.Add(account.ClientCountry);
        _line.Add("\",\"network\":\""u8);
        _line.Add(account.Network);
        _line.Add("\",\"user_agent\":\""u8);
        _line.Add(account.Client.UserAgent.EncodedUtf8Bytes);
        _line.Add("\",\"ja4\":\""u8);
        _line.Add(account.Ja4.EncodedUtf8Bytes);
        AddKeyOrNull("\",\"device_hash\":"u8, "\""u8, account.Device);
        _line.Add(",\"api_key_id\":\"key-"u8);
        _line.AddHex(Chance.Derive(account.Seed, 12));
    }

    private int WriteRequest(SimulatedAccount account, in ExchangeFacts facts, ref Chance chance)
    {
        _line.Add("\"},\"request\":{\"model\":\""u8);
        _line.Add(facts.Model.EncodedUtf8Bytes);
        _line.Add("\",\"operation\":\"chat\",\"conversation_id\":\"c-"u8);
        _line.AddHex(account.ConversationSeed);
        _line.Add("\",\"turn\":"u8);
        _line.Add(account.Turn);
        var begin = _line.Length;
        WritePrompt(account);
        var promptBytes = _line.Length - begin;
        _line.Add("],\"tools\":["u8);
        for (var i = 0; i < account.Tools.Length; i++)
        {
            _line.Add(i == 0 ? "\""u8 : ",\""u8);
            _line.Add(account.Tools[i].EncodedUtf8Bytes);
            _line.Add("\""u8);
        }

        _line.Add("],\"modalities\":[\"text\"],\"max_tokens\":"u8);
        _line.Add(account.OutputLimit);
        _line.Add(",\"temperature\":"u8);
        if (double.IsNaN(account.Temperature))
        {
            _line.Add("null"u8);
        }
        else
        {
            _line.Add(account.Temperature);
        }

        _line.Add(",\"n\":"u8);
        _line.Add(account.Samples);
        _line.Add(account.Logprobs ? ",\"logprobs\":true"u8 : ",\"logprobs\":false"u8);
        _line.Add(account.Streams ? ",\"stream\":true"u8 : ",\"stream\":false"u8);
        _line.Add(",\"reasoning\":\""u8);
        _line.Add(account.Reasoning.EncodedUtf8Bytes);
        WriteReferencesPresented(account, facts.ReplayedReference, ref chance);
        return promptBytes;
    }

    private void WritePrompt(SimulatedAccount account)
    {
        var use = account.Current;
        var own = use.Family.Wanders ? null : use.Frame.System;
        _line.Add(",\"system\":"u8);
        if (!account.SendsSystem)
        {
            _line.Add("null"u8);
        }
        else
        {
            _line.Add("\""u8);
            RenderSystem(own ?? account.Standing.Frame.System!, own is null ? account.Standing.Seed : use.Seed);
            _line.Add("\""u8);
        }

        RenderCaptured(account.Captured);
        _line.Add(",\"messages\":["u8);
        for (var turn = 1; turn <= account.Turn; turn++)
        {
            var seed = TurnSeed(account, turn);
            _line.Add(turn == 1 ? "{\"role\":\"user\",\"content\":\""u8 : ",{\"role\":\"user\",\"content\":\""u8);
            WriteUserText(account, use, seed, turn == 1 && !account.SendsSystem ? own : null, turn);
            _line.Add("\"}"u8);
            if (turn < account.Turn)
            {
                _line.Add(",{\"role\":\"assistant\",\"content\":\""u8);
                RenderReply(account.Language, use, seed, _line);
                _line.Add("\"}"u8);
            }
        }
    }

    // A first message is as long as its account writes them: people and programs alike bring background along.
    private void WriteUserText(
        SimulatedAccount account, in FrameInUse use, ulong seed, TextTemplate? instructions, int turn)
    {
        var begin = _line.Length;
        if (instructions is not null)
        {
            RenderSystem(instructions, use.Seed);
            _line.Add("\\n\\n"u8);
        }

        var chance = new Chance(seed);
        var frame = FrameOf(account.Language, use, ref chance);
        var seeds = new TextSeeds(seed, use.Seed, _captured);
        frame.Users[chance.Below(frame.Users.Length)].Render(ref chance, in seeds, _line);
        var isFirst = true;
        while (turn == 1 && _line.Length - begin < account.FirstMessageBytes)
        {
            _line.Add(isFirst ? "\\n\\n"u8 : " "u8);
            isFirst = false;
            frame.Background.Write(chance.Below(frame.Background.Count), _line);
        }
    }

    private void RenderSystem(TextTemplate system, ulong frameSeed)
    {
        var seed = Chance.Derive(frameSeed, 1);
        var chance = new Chance(seed);
        var seeds = new TextSeeds(seed, frameSeed, null);
        system.Render(ref chance, in seeds, _line);
    }

    private void RenderCaptured(in CapturedReply reply)
    {
        _captured.Truncate(0);
        if (reply.TurnSeed != 0)
        {
            RenderReply(reply.Language, reply.Frame, reply.TurnSeed, _captured);
        }
    }

    private static void RenderReply(string language, in FrameInUse use, ulong seed, Utf8Buffer output)
    {
        var frameChance = new Chance(seed);
        var frame = FrameOf(language, use, ref frameChance);
        var chance = new Chance(Chance.Derive(seed, 13));
        var seeds = new TextSeeds(seed, use.Seed, null);
        frame.Replies[chance.Below(frame.Replies.Length)].Render(ref chance, in seeds, output);
    }

    private void WriteReferencesPresented(SimulatedAccount account, ulong replayed, ref Chance chance)
    {
        _line.Add("\",\"reasoning_refs_presented\":["u8);
        var isOwn = account.Reasons && account.Turn > 1 && chance.Hits(0.8);
        if (isOwn)
        {
            _line.Add("\""u8);
            _line.AddHex(Chance.Derive(TurnSeed(account, account.Turn - 1), 11));
            _line.Add("\""u8);
        }

        if (replayed != 0)
        {
            _line.Add(isOwn ? ",\""u8 : "\""u8);
            _line.AddHex(replayed);
            _line.Add("\""u8);
        }
    }

    private ExchangeOutcome WriteResponse(
        SimulatedAccount account, int promptBytes, ulong turnSeed, ref Chance chance)
    {
        var outcome = chance.Unit();
        var status = outcome < 0.010 ? 429 : outcome < 0.013 ? 500 : 200;
        var isRefused = status == 200 && outcome > 1 - account.Current.Family.RefusedShare;
        var isAnswered = status == 200 && !isRefused;
        var inputTokens = Math.Max(1, (int)(promptBytes / (3.4 + chance.Unit())));
        var wanted = isRefused ? chance.Between(20, 80) : (int)chance.LogNormal(320, 0.8);
        var outputTokens = status == 200 ? Math.Clamp(wanted, 1, account.OutputLimit) : 0;
        var reasoningTokens = status == 200 && account.Reasons ? (int)chance.LogNormal(380, 0.9) : 0;
        _line.Add("]},\"response\":{\"status\":"u8);
        _line.Add(status);
        _line.Add(status != 200 ? ",\"finish_reason\":null"u8
            : isRefused ? ",\"finish_reason\":\"refusal\""u8
            : outputTokens == account.OutputLimit ? ",\"finish_reason\":\"length\""u8
            : ",\"finish_reason\":\"stop\""u8);
        _line.Add(",\"input_tokens\":"u8);
        _line.Add(inputTokens);
        _line.Add(",\"output_tokens\":"u8);
        _line.Add(outputTokens);
        _line.Add(",\"reasoning_tokens\":"u8);
        _line.Add(reasoningTokens);
        _line.Add(",\"latency_ms\":"u8);
        var tokens = outputTokens + reasoningTokens;
        _line.Add(180 + (long)(tokens * (6 + (8 * chance.Unit()))) + chance.Below(300));
        _line.Add(isRefused ? ",\"refused\":true"u8 : ",\"refused\":false"u8);
        var issued = isAnswered && account.Reasons ? Chance.Derive(turnSeed, 11) : 0;
        AddKeyOrNull(",\"reasoning_ref_issued\":"u8, "\""u8, issued);
        WriteSketch(account, turnSeed, isAnswered && chance.Hits(SketchedShare));
        return new ExchangeOutcome(issued, isAnswered, turnSeed);
    }

    private void WriteSketch(SimulatedAccount account, ulong turnSeed, bool isReleased)
    {
        _line.Add(",\"output_sketch\":["u8);
        if (isReleased)
        {
            // The same words that come back as the model's turn if the conversation goes on.
            _reply.Truncate(0);
            RenderReply(account.Language, account.Current, turnSeed, _reply);
            if (MinHashSketch.Compute(_reply.Span, _sketch))
            {
                for (var i = 0; i < _sketch.Length; i++)
                {
                    if (i > 0)
                    {
                        _line.Add(","u8);
                    }

                    _line.Add(_sketch[i]);
                }
            }
        }

        _line.Add("]}}\n"u8);
    }

    private void AddKeyOrNull(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ulong key)
    {
        _line.Add(name);
        if (key == 0)
        {
            _line.Add("null"u8);
            return;
        }

        _line.Add(prefix);
        _line.AddHex(key);
        _line.Add("\""u8);
    }
}
