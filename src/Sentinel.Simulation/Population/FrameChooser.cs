using System.Collections.Immutable;
using Sentinel.Simulation.Recipes;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Population;

/// <summary>
/// Chooses the frames of one group. A frame follows from a seed, so that accounts that share the seed share the frame,
/// and nothing needs to be kept to word a frame anew.
/// </summary>
internal sealed class FrameChooser(TrafficGroup group, ulong groupSeed, ulong campaignSeed)
{
    private readonly Mix<string> _texts = AccountFactory.MixOf(group.Texts);
    private readonly Mix<string> _laterTexts = AccountFactory.MixOf(Later(group.LaterTexts, group.Texts));
    private readonly Mix<string>? _harvest = group.Harvest is { } model ? AccountFactory.MixOf(model.Texts) : null;
    private readonly Mix<string>? _laterHarvest =
        group.Harvest is { } model ? AccountFactory.MixOf(Later(model.LaterTexts, model.Texts)) : null;

    private readonly bool _hasLanguages = group.Traits.ContainsKey(Trait.Language);

    /// <summary>The frame of a family that a seed stands for.</summary>
    public static FrameInUse Of(PromptFamily family, ulong frameSeed, string language)
    {
        var chance = new Chance(frameSeed);
        return new FrameInUse(family, family.Draw(language, ref chance), frameSeed);
    }

    /// <summary>What an account asks that does not harvest.</summary>
    public FrameInUse Innocent(ulong seed, int index, string language, bool isChanged)
    {
        var own = group.Frames > 0 ? Chance.Derive(groupSeed, 200 + (ulong)(index % group.Frames)) : Chance.Derive(seed, 6);
        return isChanged
            ? Draw(_laterTexts, Chance.Derive(own, 8_000), language, isShared: false)
            : Draw(_texts, own, language, group.Frames == 1);
    }

    /// <summary>What an account asks when it harvests, in one of the wordings of its frame.</summary>
    public FrameInUse Harvest(ulong seed, int index, string language, int wording, bool isLater)
    {
        var frames = group.Harvest!.Frames;
        var own = frames > 0 ? Chance.Derive(campaignSeed, 200 + (ulong)(index % frames)) : Chance.Derive(seed, 16);
        var stage = isLater ? Chance.Derive(own, 7_000) : own;
        var worded = wording == 0 ? stage : Chance.Derive(stage, (ulong)wording);
        return Draw(isLater ? _laterHarvest! : _harvest!, worded, language, frames == 1);
    }

    private static ImmutableArray<WeightedName> Later(
        ImmutableArray<WeightedName> later,
        ImmutableArray<WeightedName> first) => later.IsEmpty ? first : later;

    // One prompt for all is in one language; where there are several, each account uses them in its own.
    private FrameInUse Draw(Mix<string> families, ulong frameSeed, string language, bool isShared)
    {
        var chance = new Chance(frameSeed);
        var family = PromptLibrary.Shared.Family(families.Draw(ref chance));
        if (isShared && !_hasLanguages)
        {
            language = chance.Hits(0.7)
                ? TraitTables.CountryOf(TraitTables.Countries.Draw(ref chance)).Language
                : "en";
        }

        return new FrameInUse(family, family.Draw(language, ref chance), frameSeed);
    }
}
