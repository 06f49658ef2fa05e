using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Reads the frame of a prompt: its anchors and its minima. Words are weighed: a word counts two, a character of a
/// script without spaces one. Slots known by their form (numbers, links, addresses, quoted text, code) count as one
/// and the same mask, and several in a row as one.
/// </summary>
internal static class FrameReader
{
    // A message has a frame only if it is longer than an anchor: 10 words.
    private const int MessageWeightMin = 20;

    // An anchor that ends where a sentence or line ends needs 4 words, one that is cut inside a sentence 8.
    private const int SentenceWeightMin = 8;
    private const int CutWeight = 16;

    // A system prompt below 6 words says nothing. The sentences up to the twelfth word, at most 32 words, tell systems
    // apart and mostly stand before any slot.
    private const int SystemWeightMin = 12;
    private const int SystemSentenceWeight = 24;
    private const int SystemWeightMax = 64;

    private const int ShingleTokens = 3;
    private const ulong SystemSalt = 0x73797374656D;
    private const ulong HeadSalt = 0x68656164;
    private const ulong TailSalt = 0x7461696C;

    private static readonly ulong Mask = KeyHash.Of("⟨…⟩");
    private static readonly uint[] Multipliers = BuildParameters(0x6D756C);
    private static readonly uint[] Increments = BuildParameters(0x616464);

    /// <summary>Fills the frame.</summary>
    public static void Read(in PromptTokens prompt, ref FrameSketch frame)
    {
        frame.SystemAnchor = ReadSystem(prompt.System);
        var isLongEnough = prompt.User.Length >= CutWeight || WeightOf(prompt.User) >= MessageWeightMin;
        frame.HeadAnchor = isLongEnough ? ReadHead(prompt.User) : 0;
        frame.TailAnchor = isLongEnough ? ReadTail(prompt.User) : 0;
        frame.Minima.Fill(uint.MaxValue);
        ReadMinima(prompt.System, frame.Minima);
        ReadMinima(prompt.User, frame.Minima);
    }

    private static uint[] BuildParameters(ulong seed)
    {
        var values = new uint[FrameSketch.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (uint)KeyHash.Mix(seed + (ulong)i) | 1;
        }

        return values;
    }

    private static int Weight(in Token token) => token.Kind == TokenKind.Unit ? 1 : 2;

    private static int WeightOf(ReadOnlySpan<Token> tokens)
    {
        var weight = 0;
        foreach (ref readonly var token in tokens)
        {
            weight += Weight(token);
        }

        return weight;
    }

    private static ulong ReadSystem(ReadOnlySpan<Token> tokens)
    {
        var anchor = new Anchor(SystemSalt);
        foreach (ref readonly var token in tokens)
        {
            anchor.Add(token);
            var isSentence = (token.Flags & TokenFlags.EndsSentence) != 0 && anchor.Weight >= SystemSentenceWeight;
            if (isSentence || anchor.Weight >= SystemWeightMax)
            {
                break;
            }
        }

        return anchor.Weight >= SystemWeightMin ? anchor.Key : 0;
    }

    private static ulong ReadHead(ReadOnlySpan<Token> tokens)
    {
        var anchor = new Anchor(HeadSalt);
        foreach (ref readonly var token in tokens)
        {
            anchor.Add(token);
            var isSentence = (token.Flags & TokenFlags.EndsSentence) != 0 && anchor.Weight >= SentenceWeightMin;
            if (isSentence || anchor.Weight >= CutWeight)
            {
                return anchor.Key;
            }
        }

        return 0;
    }

    private static ulong ReadTail(ReadOnlySpan<Token> tokens)
    {
        var anchor = new Anchor(TailSalt);
        for (var i = tokens.Length - 1; i >= 0; i--)
        {
            anchor.Add(tokens[i]);
            var opensSentence = i == 0 || (tokens[i - 1].Flags & TokenFlags.EndsSentence) != 0;
            if ((opensSentence && anchor.Weight >= SentenceWeightMin) || anchor.Weight >= CutWeight)
            {
                return anchor.Key;
            }
        }

        return 0;
    }

    private static void ReadMinima(ReadOnlySpan<Token> tokens, Span<uint> minima)
    {
        var cells = MemoryMarshal.Cast<uint, Vector512<uint>>(minima);
        var multipliers = MemoryMarshal.Cast<uint, Vector512<uint>>(Multipliers);
        var increments = MemoryMarshal.Cast<uint, Vector512<uint>>(Increments);
        ulong previous = 0, beforePrevious = 0;
        var run = 0;
        var isAfterMask = false;
        foreach (ref readonly var token in tokens)
        {
            if (token.IsSlot && isAfterMask)
            {
                continue;
            }

            isAfterMask = token.IsSlot;
            var hash = token.IsSlot ? Mask : token.Hash;
            run = (token.Flags & TokenFlags.StartsWindow) != 0 ? 1 : run + 1;
            if (run >= ShingleTokens)
            {
                var shingle = (uint)(KeyHash.Mix((beforePrevious * 3) + (previous * 5) + hash) >> 32);
                cells[0] = Vector512.Min(cells[0], (multipliers[0] * Vector512.Create(shingle)) + increments[0]);
            }

            (beforePrevious, previous) = (previous, hash);
        }
    }

    private struct Anchor(ulong salt)
    {
        private bool _isAfterMask;

        public ulong Key { get; private set; } = salt;

        public int Weight { get; private set; }

        public void Add(in Token token)
        {
            if (token.IsSlot && _isAfterMask)
            {
                return;
            }

            _isAfterMask = token.IsSlot;
            Key = KeyHash.Combine(Key, token.IsSlot ? Mask : token.Hash);
            Weight += FrameReader.Weight(token);
        }
    }
}
