using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Simulation.Recipes;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Population;

/// <summary>A frame in use: the wording, and the seed that fills what stays in it.</summary>
/// <param name="Family">Its family.</param>
/// <param name="Frame">The wording; of wandering families only the first.</param>
/// <param name="Seed">Fills the parts that the frame binds.</param>
internal readonly record struct FrameInUse(PromptFamily Family, PromptFrame Frame, ulong Seed);

/// <summary>A reply that was given to some account: enough to draw its words again.</summary>
/// <param name="Account">Whose it was; meaningless where <paramref name="TurnSeed"/> is 0, which is no reply.</param>
/// <param name="Frame">What it answered.</param>
/// <param name="Language">Language of that account.</param>
/// <param name="TurnSeed">Seed of the turn.</param>
internal readonly record struct CapturedReply(int Account, FrameInUse Frame, string Language, ulong TurnSeed);

/// <summary>
/// One account and what it is in the middle of. About 500 bytes, none of which grow: whatever was said earlier in a
/// conversation is drawn again from its seed.
/// </summary>
internal sealed class SimulatedAccount
{
    public required int Group { get; init; }

    /// <summary>Its number in the group.</summary>
    public required int Index { get; init; }

    public required Rhythm Rhythm { get; init; }

    /// <summary>Whether it harvests; decided once.</summary>
    public required bool Harvests { get; init; }

    public required ulong Id { get; init; }

    public required ulong Seed { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>Organisation, or 0 for none.</summary>
    public required ulong Org { get; init; }

    public required ulong Email { get; init; }

    /// <summary>Payment instrument, or 0 for none.</summary>
    public required ulong Payment { get; init; }

    /// <summary>Phone, or 0 for none.</summary>
    public required ulong Phone { get; init; }

    /// <summary>Device, or 0 where the client does not tell.</summary>
    public required ulong Device { get; init; }

    public required JsonEncodedText Plan { get; init; }

    public required JsonEncodedText SignupRoute { get; init; }

    public required JsonEncodedText EmailDomain { get; init; }

    public required JsonEncodedText Country { get; init; }

    /// <summary>Country of its addresses.</summary>
    public required string ClientCountry { get; init; }

    public required string Network { get; init; }

    public required Client Client { get; init; }

    public required JsonEncodedText Ja4 { get; init; }

    public required AddressHabit AddressHabit { get; init; }

    /// <summary>Its address, or one in its block, where the habit is to have one.</summary>
    public required ClientAddress Address { get; init; }

    public required JsonEncodedText Model { get; init; }

    public required JsonEncodedText Reasoning { get; init; }

    public required bool Reasons { get; init; }

    /// <summary>Sampling temperature; NaN where it does not say.</summary>
    public required double Temperature { get; init; }

    public required int OutputLimit { get; init; }

    public required int Samples { get; init; }

    public required bool Logprobs { get; init; }

    public required bool Streams { get; init; }

    public required string Language { get; init; }

    /// <summary>Tools that its client offers; encoded names.</summary>
    public required ImmutableArray<JsonEncodedText> Tools { get; init; }

    /// <summary>Most turns that its conversations have, whatever they are about.</summary>
    public required int TurnsMax { get; init; }

    /// <summary>
    /// Whether standing instructions go into the system prompt; else they stand before the first message, and there
    /// is no system prompt.
    /// </summary>
    public required bool SendsSystem { get; init; }

    /// <summary>Standing instructions where what it asks has none; in use only where they go into the system prompt.
    /// </summary>
    public required FrameInUse Standing { get; init; }

    /// <summary>Background is added to the first message until it has so many bytes.</summary>
    public required int FirstMessageBytes { get; init; }

    /// <summary>What it asks when it does not harvest.</summary>
    public required FrameInUse Innocent { get; init; }

    /// <summary>When it goes over to another frame, milliseconds from the start; never, mostly.</summary>
    public required long ChangesAtMs { get; init; }

    /// <summary>When it is gone, milliseconds from the start.</summary>
    public required long LeavesMs { get; init; }

    /// <summary>Change of the logarithm of its volume over the whole recipe.</summary>
    public required double Trend { get; init; }

    /// <summary>How long it keeps an address that changes: conversations, or hours of a home's lease.</summary>
    public required int AddressSpan { get; init; }

    /// <summary>What it asks when it harvests; meaningless unless it does.</summary>
    public required FrameInUse Harvest { get; init; }

    /// <summary>Share of its conversations that is innocent although it harvests.</summary>
    public required double CamouflagedConversations { get; init; }

    public required double ADay { get; init; }

    public required int OffsetMinutes { get; init; }

    /// <summary>Chance of its doings; every step draws from it in order.</summary>
    public Chance Chance; // A field, since a mutable struct behind a property would be copied.

    /// <summary>Time of the next exchange, milliseconds from the start of the recipe.</summary>
    public long NextMs { get; set; }

    /// <summary>Exchanges left in the nightly run.</summary>
    public int RunLeft { get; set; }

    /// <summary>Conversations so far, the current one included.</summary>
    public int Conversation { get; set; }

    /// <summary>Turn of the next exchange, from 1.</summary>
    public int Turn { get; set; }

    /// <summary>Turns that the current conversation will have.</summary>
    public int Turns { get; set; }

    /// <summary>Whether the current conversation harvests.</summary>
    public bool Harvesting { get; set; }

    /// <summary>What the current conversation is about.</summary>
    public FrameInUse Current { get; set; }

    /// <summary>Output of another account that the current conversation puts back in.</summary>
    public CapturedReply Captured { get; set; }

    /// <summary>Exchanges made.</summary>
    public long Exchanges { get; set; }

    /// <summary>Number of its first harvesting exchange, or -1.</summary>
    public long FirstHarvest { get; set; } = -1;

    /// <summary>Seed of the current conversation.</summary>
    public ulong ConversationSeed => Chance.Derive(Seed, (ulong)Conversation + 1_000);
}

/// <summary>How the address of an account changes.</summary>
internal enum AddressHabit : byte
{
    /// <summary>One address.</summary>
    Fixed,

    /// <summary>Any host of one block.</summary>
    Block,

    /// <summary>Another address of its network every few hours or days.</summary>
    Lease,

    /// <summary>Another address of its network every few conversations.</summary>
    Roaming,
}
