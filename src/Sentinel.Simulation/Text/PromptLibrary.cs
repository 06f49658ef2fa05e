using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Simulation.Text;

/// <summary>
/// All prompt families and the grammars that fill their slots, read from the program's own resources. Harvest and
/// innocent families draw from the same grammars, so that only the frame tells them apart. Immutable.
/// </summary>
internal sealed class PromptLibrary
{
    private const string Prefix = "Prompts/";
    private const string BackgroundSlot = "sentence";
    private const string CapturedFallback = "working";

    // Drawn once: most of what is written is background, and its sentences mean nothing to anybody.
    private const int BackgroundSentences = 4_096;

    private static readonly Lazy<PromptLibrary> LazyShared = new(Load);

    private readonly Dictionary<(string Language, string Slot), TextTemplate[]> _slots = [];
    private readonly Dictionary<string, PromptFamily> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextWords> _background = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _languages = new(StringComparer.Ordinal);

    private PromptLibrary()
    {
    }

    /// <summary>The library of this program.</summary>
    public static PromptLibrary Shared => LazyShared.Value;

    /// <summary>Names of the families, sorted.</summary>
    public ImmutableArray<string> FamilyNames => [.. _families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Languages with a grammar, sorted.</summary>
    public ImmutableArray<string> Languages => [.. _languages];

    /// <summary>The family of that name.</summary>
    public PromptFamily Family(string name) => _families[name];

    private static PromptLibrary Load()
    {
        var library = new PromptLibrary();
        var assembly = typeof(PromptLibrary).Assembly;
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToArray();
        foreach (var name in names.Where(name => name.StartsWith(Prefix + "slots-", StringComparison.Ordinal)))
        {
            using var document = Open(name);
            library.AddSlots(document.RootElement);
        }

        foreach (var name in names.Where(name => !name.StartsWith(Prefix + "slots-", StringComparison.Ordinal)))
        {
            using var document = Open(name);
            library.AddFamily(document.RootElement);
        }

        return library;
    }

    private static JsonDocument Open(string name)
    {
        using var stream = typeof(PromptLibrary).Assembly.GetManifestResourceStream(name)!;
        return JsonDocument.Parse(stream);
    }

    private void AddSlots(JsonElement root)
    {
        var language = root.GetProperty("language").GetString()!;
        foreach (var slot in root.GetProperty("slots").EnumerateObject())
        {
            _slots.Add((language, slot.Name), Templates(slot.Value));
        }

        foreach (var (key, templates) in _slots.Where(slot => slot.Key.Language == language).ToArray())
        {
            foreach (var template in templates)
            {
                Bind(template, language, [key.Slot]);
            }
        }

        _background.Add(language, DrawBackground(_slots[(language, BackgroundSlot)], KeyHash.Of(language)));
        _languages.Add(language);
    }

    private static TextWords DrawBackground(TextTemplate[] sentences, ulong seed)
    {
        var chance = new Chance(seed);
        var output = new Utf8Buffer(isJson: false);
        var texts = new string[BackgroundSentences];
        for (var i = 0; i < texts.Length; i++)
        {
            output.Truncate(0);
            var seeds = new TextSeeds(chance.Next(), chance.Next(), null);
            sentences[chance.Below(sentences.Length)].Render(ref chance, in seeds, output);
            texts[i] = Encoding.UTF8.GetString(output.Span);
        }

        return new TextWords(texts);
    }

    private void AddFamily(JsonElement root)
    {
        var frames = ImmutableArray.CreateBuilder<PromptFrame>();
        var reply = root.GetProperty("reply").GetString()!;
        foreach (var element in root.GetProperty("frames").EnumerateArray())
        {
            var language = element.GetProperty("language").GetString()!;
            var system = element.TryGetProperty("system", out var text)
                ? TemplateCompiler.Compile(text.GetString()!)
                : null;
            var users = Templates(element.GetProperty("user"));
            foreach (var template in system is null ? users : [system, .. users])
            {
                Bind(template, language, []);
            }

            frames.Add(new PromptFrame(
                language, system, [.. users], [.. _slots[(language, reply)]], _background[language]));
        }

        var family = new PromptFamily(
            root.GetProperty("family").GetString()!,
            root.GetProperty("wanders").GetBoolean(),
            root.TryGetProperty("refused", out var share) ? share.GetDouble() : PromptFamily.RefusedShareUsual,
            frames.ToImmutable());
        _families.Add(family.Name, family);
    }

    private static TextTemplate[] Templates(JsonElement texts) =>
        [.. texts.EnumerateArray().Select(text => TemplateCompiler.Compile(text.GetString()!))];

    private void Bind(TextTemplate template, string language, ImmutableArray<string> inside)
    {
        foreach (var part in template.Parts)
        {
            if (part.Slot is { } slot)
            {
                BindSlot(part, slot, language, inside);
                continue;
            }

            foreach (var option in part.Options)
            {
                Bind(option, language, inside);
            }
        }
    }

    private void BindSlot(TextPart part, string slot, string language, ImmutableArray<string> inside)
    {
        slot = slot == TextPart.CapturedSlot ? CapturedFallback : slot;
        if (!_slots.TryGetValue((language, slot), out var options))
        {
            throw new InvalidDataException($"The grammar of '{language}' has no slot '{slot}'.");
        }

        if (inside.Contains(slot))
        {
            throw new InvalidDataException($"Slot '{slot}' of '{language}' contains itself.");
        }

        if (part.Options.Length > 0)
        {
            return; // Bound before, and with it everything below.
        }

        part.Options = options;
        part.Separator = language is "zh" ? [] : " "u8.ToArray();
        foreach (var option in options)
        {
            Bind(option, language, inside.Add(slot));
        }
    }
}
