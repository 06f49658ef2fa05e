using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// Draws training prompts so that nothing but what is asked carries the label: both sides equally often, every family
/// of a side and origin equally often, every template of a family equally often. Templated prompts mostly get the
/// slots of any other prompt, of either side: thus topic, language of the slots and length tell nothing.
/// </summary>
internal sealed class PromptDrawer
{
    private const float DualUseWeight = 0.25f;
    private const float UnframedHarvestWeight = 0.1f;
    private const double LanguageWeightMax = 3;

    private readonly NetworkOptions _options;
    private readonly Random _random;
    private readonly PromptFamily[][] _pools;
    private readonly PromptFamily[] _all;
    private readonly int[] _features = new int[FeatureLayout.Width];
    private readonly HashSet<int> _taken = [];
    private readonly Dictionary<(bool IsHarvest, string Language), float> _languageWeights;

    /// <summary>A drawer over some families.</summary>
    public PromptDrawer(IReadOnlyList<PromptFamily> families, NetworkOptions options, int seed)
    {
        _options = options;
        _random = new Random(seed);
        _all = [.. families];
        _pools =
        [
            [.. families.Where(static family => !family.IsHarvest && !family.IsAuthored)],
            [.. families.Where(static family => !family.IsHarvest && family.IsAuthored)],
            [.. families.Where(static family => family.IsHarvest && !family.IsAuthored)],
            [.. families.Where(static family => family.IsHarvest && family.IsAuthored)],
        ];
        _languageWeights = BalanceLanguages();
    }

    /// <summary>The drawn prompt's features; valid until the next draw.</summary>
    public ReadOnlySpan<int> Features => _features.AsSpan(0, FeatureCount);

    /// <summary>How many there are.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>The drawn prompt's family.</summary>
    public PromptFamily Family { get; private set; } = null!;

    /// <summary>The drawn prompt's weight.</summary>
    public float Weight { get; private set; }

    /// <summary>Draws the next prompt; alternates between the sides.</summary>
    public void Draw(bool isHarvest)
    {
        Family = DrawFamily(isHarvest);
        var template = Family.Templates[_random.Next(Family.Templates.Count)];
        var prompt = template.Prompts[_random.Next(template.Prompts.Count)];
        Weight = _languageWeights[(isHarvest, prompt.Language)] * (prompt.IsDualUse ? DualUseWeight : 1);
        if (Family.IsHarvest && !Family.IsAuthored && !Family.IsRuled && !template.HasFrame)
        {
            Weight *= UnframedHarvestWeight;
        }

        FeatureCount = 0;
        _taken.Clear();
        if (template.HasFrame && _random.NextDouble() < _options.TransplantShare)
        {
            Take(prompt.Frame);
            Take(DrawSlots());
        }
        else
        {
            Take(prompt.Features);
        }
    }

    // A language that one side speaks more often would carry the label: weights make up for it, within bounds.
    private Dictionary<(bool IsHarvest, string Language), float> BalanceLanguages()
    {
        var masses = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        for (var pool = 0; pool < _pools.Length; pool++)
        {
            var origin = pool % 2 == 0 ? 1 - _options.AuthoredShare : _options.AuthoredShare;
            var share = origin / Math.Max(1, _pools[pool].Length);
            foreach (var family in _pools[pool])
            {
                foreach (var template in family.Templates)
                {
                    foreach (var prompt in template.Prompts)
                    {
                        var mass = share / family.Templates.Count / template.Prompts.Count;
                        masses.TryAdd(prompt.Language, new double[2]);
                        masses[prompt.Language][pool / 2] += mass;
                    }
                }
            }
        }

        var weights = new Dictionary<(bool, string), float>();
        foreach (var (language, mass) in masses)
        {
            for (var side = 0; side < 2; side++)
            {
                var weight = (mass[0] + mass[1]) / 2 / Math.Max(1e-9, mass[side]);
                weights[(side == 1, language)] = (float)Math.Clamp(weight, 1 / LanguageWeightMax, LanguageWeightMax);
            }
        }

        return weights;
    }

    private PromptFamily DrawFamily(bool isHarvest)
    {
        var side = isHarvest ? 2 : 0;
        var pool = _pools[side + (_random.NextDouble() < _options.AuthoredShare ? 1 : 0)];
        pool = pool.Length > 0 ? pool : _pools[side].Length > 0 ? _pools[side] : _pools[side + 1];
        return pool[_random.Next(pool.Length)];
    }

    private int[] DrawSlots()
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var family = _all[_random.Next(_all.Length)];
            var template = family.Templates[_random.Next(family.Templates.Count)];
            var prompt = template.Prompts[_random.Next(template.Prompts.Count)];
            if (prompt.Slots.Length > 0)
            {
                return prompt.Slots;
            }
        }

        return [];
    }

    private void Take(int[] features)
    {
        foreach (var feature in features)
        {
            if (FeatureCount < _features.Length
                && _random.NextDouble() >= _options.FeatureDropout
                && _taken.Add(feature))
            {
                _features[FeatureCount++] = feature;
            }
        }
    }
}
