using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// A sample of all accounts, for "how alike are strangers?". It keeps the accounts whose hashed id is smallest,
/// so the sample is uniform, follows the stream and does not depend on arrival order. Owned by the lane's thread.
/// </summary>
internal sealed class Population
{
    /// <summary>Accounts in the sample: the smallest share it can tell is about 1/257.</summary>
    public const int SampleMax = 256;

    /// <summary>Exchanges after which an account's mean content says something.</summary>
    public const int ExchangesMin = 4;

    // Accounts from which on quartiles say something, and how far apart those of a normal distribution are.
    private const int VolumesMin = 40;
    private const double QuartilesOfNormal = 1.349;

    private readonly SortedList<ulong, LinkedAccount> _sample = [];
    private readonly List<double> _volumes = new(SampleMax);
    private readonly float[] _units = new float[SampleMax * ContentScores.EmbeddingLength];
    private readonly int[] _indices = new int[SampleMax];
    private int _unitCount;

    /// <summary>Accounts in the sample.</summary>
    public int Count => _sample.Count;

    /// <summary>The accounts in it.</summary>
    public IEnumerable<LinkedAccount> Sample => _sample.Values;

    /// <summary>Considers an account that has at least <see cref="ExchangesMin"/> exchanges.</summary>
    public void Consider(LinkedAccount account)
    {
        var rank = KeyHash.Mix(account.Profile.Key);
        if (_sample.Count == SampleMax && rank >= _sample.Keys[SampleMax - 1])
        {
            return;
        }

        _sample[rank] = account;
        if (_sample.Count > SampleMax)
        {
            _sample.RemoveAt(SampleMax);
        }
    }

    /// <summary>
    /// How far volumes of strangers lie apart, as last looked at: the standard deviation of their logarithm, by quartiles, so
    /// that a pool among them changes little. Infinite while there are too few to tell.
    /// </summary>
    public double VolumeSpread { get; private set; } = double.PositiveInfinity;

    /// <summary>Looks at what the accounts of the sample ask for now, and how much: once before groups are judged.</summary>
    public void Refresh()
    {
        _unitCount = 0;
        _volumes.Clear();
        foreach (var account in _sample.Values)
        {
            _volumes.Add(Math.Log(account.Profile.ExchangeCount));
            if (account.Profile.TryDirection(UnitOf(_unitCount)))
            {
                _indices[_unitCount++] = account.Index;
            }
        }

        if (_volumes.Count >= VolumesMin)
        {
            _volumes.Sort();
            VolumeSpread = (_volumes[_volumes.Count * 3 / 4] - _volumes[_volumes.Count / 4]) / QuartilesOfNormal;
        }
    }

    /// <summary>
    /// Share of the sample, as last looked at, without members of the group, whose content points as much the group's way as
    /// <paramref name="cosine"/>: (k + 1) / (n + 1), so never 0.
    /// </summary>
    /// <param name="cosine">-1..1.</param>
    /// <param name="direction">The group's direction, of any length but 0.</param>
    /// <param name="group">Indices of its accounts.</param>
    public double ShareAtLeast(float cosine, ReadOnlySpan<float> direction, HashSet<int> group)
    {
        var reach = cosine * MathF.Sqrt(Dot(direction, direction));
        int alike = 0, strangers = 0;
        for (var i = 0; i < _unitCount; i++)
        {
            if (!group.Contains(_indices[i]))
            {
                strangers++;
                alike += Dot(UnitOf(i), direction) >= reach ? 1 : 0;
            }
        }

        return (alike + 1.0) / (strangers + 1.0);
    }

    /// <summary>Share of the sample with this e-mail domain; 0 when the sample is empty.</summary>
    public double ShareOfDomain(uint domainKey)
    {
        var count = 0;
        foreach (var account in _sample.Values)
        {
            count += account.Profile.EmailDomainKey == domainKey ? 1 : 0;
        }

        return _sample.Count == 0 ? 0 : count / (double)_sample.Count;
    }

    /// <summary>
    /// Share of the sample, without members of the group, that shares such a key with anybody at all: (k + 1) / (n + 1).
    /// </summary>
    /// <param name="isOne">Whether a key is one of those.</param>
    /// <param name="group">Indices of its accounts.</param>
    public double ShareThatShares(Func<LinkEntry, bool> isOne, HashSet<int> group)
    {
        int tied = 0, strangers = 0;
        foreach (var account in _sample.Values)
        {
            if (!group.Contains(account.Index))
            {
                strangers++;
                tied += account.SharedKeys?.Any(isOne) == true ? 1 : 0;
            }
        }

        return (tied + 1.0) / (strangers + 1.0);
    }

    /// <summary>
    /// Share of accounts that would first be seen within this time: of the sample without members of the group,
    /// (k + 1) / (n + 1), or the time as a share of all time so far, whichever is more. With the stream begin all accounts
    /// that there are, so that few are left to begin at any other time.
    /// </summary>
    /// <param name="fromMs">Event time at which it begins.</param>
    /// <param name="toMs">Event time at which it ends, itself counted.</param>
    /// <param name="nowMs">Event time reached.</param>
    /// <param name="group">Indices of the group's accounts.</param>
    public double ShareStartedWithin(long fromMs, long toMs, long nowMs, HashSet<int> group)
    {
        int within = 0, strangers = 0;
        var firstMs = fromMs;
        foreach (var account in _sample.Values)
        {
            firstMs = Math.Min(firstMs, account.FirstToldMs);
            if (!group.Contains(account.Index))
            {
                strangers++;
                within += account.FirstToldMs >= fromMs && account.FirstToldMs <= toMs ? 1 : 0;
            }
        }

        var ofTime = nowMs <= firstMs ? 1 : Math.Min(1, (toMs - fromMs) / (double)(nowMs - firstMs));
        return Math.Max((within + 1.0) / (strangers + 1.0), ofTime);
    }

    private Span<float> UnitOf(int place) =>
        _units.AsSpan(place * ContentScores.EmbeddingLength, ContentScores.EmbeddingLength);

    /// <summary>Inner product of two vectors of equal length.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0f;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
