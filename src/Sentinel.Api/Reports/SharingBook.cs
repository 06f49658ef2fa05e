using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Sentinel.Reports.Sharing;

namespace Sentinel.Api.Reports;

/// <summary>Somebody who gets reports.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Profile">What it is told.</param>
/// <param name="Key">What identifiers are hashed with for it, or null where nothing is hashed.</param>
/// <param name="Callers">Ids of the keys with which it fetches.</param>
public sealed record Recipient(
    string Name, SharingProfile Profile, RecipientKey? Key, ImmutableArray<string> Callers);

/// <summary>Who gets reports, whose bundles are read, and what for. Immutable.</summary>
public sealed class SharingBook
{
    private const int NameMax = 64;

    private SharingBook(
        string publisher, ImmutableArray<Recipient> recipients, ImmutableArray<ImportSource> sources,
        FrozenDictionary<string, RecipientKey> sourceKeys) =>
        (Publisher, Recipients, Sources, SourceKeys) = (publisher, recipients, sources, sourceKeys);

    /// <summary>What reports call the provider.</summary>
    public string Publisher { get; }

    /// <summary>Who gets reports.</summary>
    public ImmutableArray<Recipient> Recipients { get; }

    /// <summary>Whose bundles are read.</summary>
    public ImmutableArray<ImportSource> Sources { get; }

    /// <summary>What sources hash with.</summary>
    public FrozenDictionary<string, RecipientKey> SourceKeys { get; }

    /// <summary>Reads what is configured.</summary>
    /// <exception cref="InvalidDataException">Something of it is wrong; names the key.</exception>
    public static SharingBook Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(SharingOptions.Section).Get<SharingOptions>() ?? new SharingOptions();
        NeedNames([.. options.Recipients.Select(static item => item.Name)], "Recipients");
        NeedNames([.. options.Sources.Select(static item => item.Name)], "Sources");
        var profiles = SharingProfile.BuiltIn.ToDictionary(static profile => profile.Name, StringComparer.Ordinal);
        foreach (var own in options.Profiles)
        {
            profiles[NameOf(own.Name, "Profiles")] = ProfileOf(own, profiles);
        }

        var secret = options.SecretFile.Length == 0 ? null : ReadHex(options.SecretFile, "SecretFile");
        var recipients = options.Recipients.Select(item => RecipientOf(item, profiles, secret)).ToImmutableArray();
        var keys = options.Sources.Where(static source => source.KeyFile.Length > 0).ToFrozenDictionary(
            static source => source.Name, static source => KeyOf(source), StringComparer.Ordinal);
        return new SharingBook(options.Publisher, recipients, [.. options.Sources.Select(SourceOf)], keys);
    }

    /// <summary>A recipient by name, or null.</summary>
    public Recipient? FindRecipient(string name) => Recipients.FirstOrDefault(item => item.Name == name);

    private static Recipient RecipientOf(
        RecipientOptions item, Dictionary<string, SharingProfile> profiles, byte[]? secret)
    {
        var name = NameOf(item.Name, "Recipients");
        Need(profiles.TryGetValue(item.Profile, out var profile), $"Recipients: {name} has the unknown profile {item.Profile}.");
        Need(secret is not null || !profile!.NeedsKey, $"SecretFile: the profile of {name} hashes, and there is no secret.");
        return new Recipient(
            name, profile!, secret is null ? null : RecipientKey.Derive(secret, name), [.. item.Callers]);
    }

    private static ImportSource SourceOf(SourceOptions item)
    {
        Need(item.Weight is >= 0 and <= 1, $"Sources: the weight of {item.Name} is not 0 to 1.");
        Need(
            item.ValidDaysMax is >= 1 and <= SharingProfile.ValidDaysMax,
            $"Sources: ValidDaysMax of {item.Name} is not 1 to {SharingProfile.ValidDaysMax}.");
        return new ImportSource(NameOf(item.Name, "Sources"), item.Weight, item.ValidDaysMax);
    }

    private static RecipientKey KeyOf(SourceOptions source)
    {
        Need(
            RecipientKey.TryParse(Convert.ToHexString(ReadHex(source.KeyFile, "Sources")), out var key),
            $"Sources: the key file of {source.Name} does not hold 64 hexadecimal digits.");
        return key!;
    }

    private static SharingProfile ProfileOf(ProfileOptions own, Dictionary<string, SharingProfile> profiles)
    {
        Need(profiles.TryGetValue(own.Like, out var like), $"Profiles: {own.Name} is like the unknown {own.Like}.");
        var days = own.ValidDays ?? like!.ValidDays;
        Need(days is >= 1 and <= SharingProfile.ValidDaysMax, $"Profiles: ValidDays of {own.Name} is not 1 to {SharingProfile.ValidDaysMax}.");
        return like! with
        {
            Name = own.Name,
            Accounts = Word(own.Accounts, like.Accounts),
            Keys = Word(own.Keys, like.Keys),
            Campaigns = Word(own.Campaigns, like.Campaigns),
            Frame = Word(own.Frame, like.Frame),
            Times = Word(own.Times, like.Times),
            RoundCounts = own.RoundCounts ?? like.RoundCounts,
            Tlp = Word(own.Tlp, like.Tlp),
            ValidDays = days,
        };
    }

    private static T Word<T>(string word, T otherwise)
        where T : struct, Enum
    {
        var plain = word.Replace("_", "", StringComparison.Ordinal);
        var isWord = Enum.TryParse<T>(plain, ignoreCase: true, out var value) && Enum.IsDefined(value);
        Need(word.Length == 0 || (isWord && !char.IsAsciiDigit(plain[0])), $"Profiles: {word} is none of {string.Join(", ", Enum.GetNames<T>())}.");
        return word.Length == 0 ? otherwise : value;
    }

    private static byte[] ReadHex(string file, string key)
    {
        try
        {
            var bytes = Convert.FromHexString(File.ReadAllText(file).Trim());
            Need(bytes.Length >= RecipientKey.Bytes, $"{key}: {file} holds fewer than {2 * RecipientKey.Bytes} digits.");
            return bytes;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new InvalidDataException($"{SharingOptions.Section}:{key}: {file} cannot be read: {cause.Message}", cause);
        }
    }

    private static string NameOf(string name, string key)
    {
        Need(
            name.Length is > 0 and <= NameMax && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            $"{key}: a name is 1 to {NameMax} letters, digits, hyphens, underscores and dots.");
        return name;
    }

    private static void NeedNames(string[] names, string key)
    {
        Need(names.Length <= SharingOptions.NamesMax, $"{key}: {names.Length} are named, and at most {SharingOptions.NamesMax} may be.");
        var twice = names.Where(static name => name.Length > 0).CountBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static one => one.Value > 1).Key;
        Need(twice is null, $"{key}: {twice} is there twice.");
    }

    private static void Need(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidDataException($"{SharingOptions.Section}:{otherwise}");
        }
    }
}
