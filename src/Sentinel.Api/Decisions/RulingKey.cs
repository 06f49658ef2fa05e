using System.Collections.Immutable;
using System.Text;

namespace Sentinel.Api.Decisions;

/// <summary>What a ruling is on. In this order a request's keys are looked up: the most specific first.</summary>
public enum KeyKind : byte
{
    /// <summary>One API key.</summary>
    ApiKey,

    /// <summary>One account.</summary>
    Account,

    /// <summary>All accounts of a campaign, as the machine found it.</summary>
    Campaign,

    /// <summary>All accounts that pay with one instrument.</summary>
    PaymentHash,

    /// <summary>All accounts of an organisation.</summary>
    Organisation,

    /// <summary>All requests from a block of addresses.</summary>
    AddressBlock,
}

/// <summary>Whom or what a ruling is on.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Text">The key: an id, a hash, or a block in CIDR notation.</param>
public readonly record struct RulingKey(KeyKind Kind, string Text)
{
    // Record keys of everything but accounts begin with it, and so do those of accounts whose id does.
    private const byte Mark = 0;

    /// <summary>Names in the order of <see cref="KeyKind"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["api_key", "account", "campaign", "payment_hash", "organisation", "address_block"];

    /// <summary>Whether the text can be such a key.</summary>
    public bool IsValid => Kind == KeyKind.AddressBlock
        ? AddressBlock.TryParse(Text, out _)
        : AccountIdText.IsValid(Text);

    /// <summary>A key by its name in records.</summary>
    public static bool TryOf(string? kind, string? text, out RulingKey key)
    {
        key = new RulingKey((KeyKind)Math.Max(Names.IndexOf(kind ?? ""), 0), text ?? "");
        return kind is not null && Names.Contains(kind) && key.IsValid;
    }

    /// <summary>The key of its record in the compacted topic.</summary>
    public byte[] ToRecordKey() => Kind == KeyKind.Account && Text[0] != Mark
        ? Encoding.UTF8.GetBytes(Text)
        : Encoding.UTF8.GetBytes($"\0{Names[(int)Kind]}\0{Text}");

    /// <summary>Reads the key of a record: an account's id, or a zero byte, the kind, a zero byte and the key.</summary>
    public static bool TryReadRecordKey(ReadOnlySpan<byte> record, out RulingKey key)
    {
        if (record.IsEmpty || record[0] != Mark)
        {
            key = new RulingKey(KeyKind.Account, Encoding.UTF8.GetString(record));
            return key.IsValid;
        }

        var end = record[1..].IndexOf(Mark);
        key = default;
        return end >= 0 && TryOf(
            Encoding.UTF8.GetString(record.Slice(1, end)), Encoding.UTF8.GetString(record[(end + 2)..]), out key);
    }
}
