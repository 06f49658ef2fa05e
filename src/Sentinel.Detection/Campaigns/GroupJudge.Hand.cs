using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

/// <content>Whether one hand deals the requests out: equal volumes, a common pace.</content>
internal sealed partial class GroupJudge
{
    // Standard deviations of the logarithm of an account's exchanges: dealt in turn, and as customers differ.
    private const double EvenSpread = 0.15;
    private const double UsualSpread = 0.8;
    private const double EvenReach = 3;

    // Of a group that begins together; the others use its frame too, or came to replace somebody.
    private const double StartShare = 0.8;
    private const double EventAccounts = 3;
    private const double EventShare = 0.2;
    private const double FrameShareMin = 0.04;
    private static readonly double EvenVolumeMin = Math.Log(8);

    // Up to here the requests were split: some meet by chance.
    private const double RepeatedShareMax = 0.15;

    private readonly List<double> _volumes = []; // Scratch space of one question, as the next.
    private readonly List<long> _starts = [];
    private double _usualShare; // Of the group's frame in what its accounts send, their median; below 0 where not yet asked.
    private (long FromMs, long ToMs) _startedWithin; // When four in five were first seen; nothing where that is no evidence.
    private double? _evenVolume; // Logarithm of what the accounts of the group use, where that is evidence.

    // Equal volumes and a common beginning: each of them has innocent explanations, hardly any has both. Of a frame only where
    // it is a good part of what the accounts send: a suite's every text looks like a frame.
    private double HandEvidence(LinkEntry key) =>
        key.Kind == LinkKind.Template && key.SentByAccount < FrameShareMin * MedianVolume()
            ? 0
            : Math.Min(EvennessEvidence() + StartEvidence(key.LastSeenMs), policy.HandNatsMax);

    private double MedianVolume()
    {
        _volumes.Clear();
        foreach (var account in _group)
        {
            _volumes.Add(account.Profile.ExchangeCount);
        }

        _volumes.Sort();
        return _volumes[_volumes.Count / 2];
    }

    // Whoever opens a pool opens all of it: likelihood ratio of "four in five of the group were first seen within this
    // time" against the share of all accounts that were. An event, such as a tool's launch, brings strangers together as
    // well, so all of them count as three, and only within a time in which few others come: a new tool's users are all new.
    // An account's first exchange counts, not its first with the frame: a tool that is updated gives all its old users a new
    // frame at once. And those who do the same exercise are at the same event.
    private double StartEvidence(long nowMs)
    {
        if (_group.Count < policy.AlikeAccountsMin)
        {
            return 0;
        }

        _starts.Clear();
        foreach (var account in _group)
        {
            _starts.Add(account.FirstToldMs);
        }

        _starts.Sort();
        var most = (int)Math.Ceiling(StartShare * _starts.Count);
        var first = 0;
        for (var i = 1; i + most <= _starts.Count; i++)
        {
            first = _starts[i + most - 1] - _starts[i] < _starts[first + most - 1] - _starts[first] ? i : first;
        }

        var (from, to) = (_starts[first], _starts[first + most - 1]);
        var anyway = population.ShareStartedWithin(from, to, nowMs, _indices);
        var nats = ShareEvidence.Ratio(most, _starts.Count, StartShare, anyway) - Math.Log(_starts.Count - most + 1);
        if (anyway >= EventShare || nats <= 0 || RepeatedShare() > RepeatedShareMax) // The dearest question last.
        {
            return 0;
        }

        _startedWithin = (from, to);
        return Math.Min(nats, Math.Min(policy.StartNatsMax, EventAccounts * Math.Log(EventShare / anyway)));
    }

    // Whether the account has its part in what shows the hand: its share, and that it began with the others. Some only use
    // the frame too.
    private bool IsDealtTo(LinkedAccount account, LinkEntry key)
    {
        var slack = _startedWithin.ToMs - _startedWithin.FromMs; // One in five came later, or to replace somebody.
        var beganWithThem = _startedWithin == default
            || (account.FirstToldMs >= _startedWithin.FromMs - slack && account.FirstToldMs <= _startedWithin.ToMs + slack);
        return beganWithThem && HasItsShare(account, key);
    }

    // Strangers send as much as they need, some ten times what others do. A pool that is dealt requests in turn sends the
    // same from every account, however its times are jittered: likelihood ratio of "within a seventh of the median"
    // against volumes spread as usual, a tenth of the accounts allowed to be nobody's.
    private double EvennessEvidence()
    {
        _volumes.Clear();
        foreach (var account in _group)
        {
            _volumes.Add(Math.Log(account.Profile.ExchangeCount));
        }

        _volumes.Sort();
        var median = _volumes[_volumes.Count / 2];
        if (_volumes.Count < policy.AlikeAccountsMin || median < EvenVolumeMin)
        {
            return 0;
        }

        var usualSpread = Math.Clamp(population.VolumeSpread, EvenSpread, UsualSpread);
        var nats = -1.0; // The median was fitted.
        foreach (var volume in _volumes)
        {
            var (even, usual) = ((volume - median) / EvenSpread, (volume - median) / usualSpread);
            var ratio = usualSpread / EvenSpread * Math.Exp(((usual * usual) - (even * even)) / 2);
            nats += Math.Log((0.9 * ratio) + 0.1);
        }

        _evenVolume = nats > 0 ? median : null;
        var isSplit = nats > policy.EvennessNatsMax && RepeatedShare() <= RepeatedShareMax;
        return Math.Clamp(nats, 0, isSplit ? policy.SplitNatsMax : policy.EvennessNatsMax);
    }

    // Where equal volumes speak against a group, they speak against those who have them and use the frame about as much as
    // the others do: some only use it too.
    private bool HasItsShare(LinkedAccount account, LinkEntry key)
    {
        if (_evenVolume is not { } volume)
        {
            return true;
        }

        var profile = account.Profile;
        return Math.Abs(Math.Log(profile.ExchangeCount) - volume) <= EvenReach * EvenSpread
            && (key.Kind != LinkKind.Template || ShareOf(profile, key.Key) * 2 >= UsualShare(key.Key));
    }

    private double UsualShare(ulong frame)
    {
        if (_usualShare < 0)
        {
            _volumes.Clear();
            foreach (var account in _group)
            {
                _volumes.Add(ShareOf(account.Profile, frame));
            }

            _volumes.Sort();
            _usualShare = _volumes[_volumes.Count / 2];
        }

        return _usualShare;
    }

    private static double ShareOf(AccountProfile profile, ulong frame) =>
        profile.Frames.CountOf(FrameTags.OfKey(frame)) / (double)profile.ExchangeCount;

    // How far the group's requests are the same ones: those that an account sent again, and those that others of the group
    // sent too, by how many did. A suite is everybody's; a list that was split, and gone through again, is a few one's.
    private double RepeatedShare()
    {
        var sum = 0.0;
        foreach (var account in _group)
        {
            var common = 0.0;
            foreach (var key in account.SharedKeys ?? [])
            {
                common += key.Kind == LinkKind.Content ? Math.Min(1, (key.AccountCount - 1.0) / (_group.Count - 1)) : 0;
            }

            double all = account.Profile.ExchangeCount;
            sum += Math.Min(
                1, (account.Profile.RepeatedCount / all) + (common / Math.Min(all, LinkedAccount.SharedContentsMax)));
        }

        return sum / _group.Count;
    }

    // Strangers that one scheduler serves. Where they send one frame, the likelihood ratio of "so many of those that send
    // it keep just this pace" against one in twenty; without a frame some may meet by chance, and it counts as a pool.
    private double PaceEvidence()
    {
        var steady = 0.0;
        foreach (var account in _group)
        {
            steady += account.Profile.IsPaced ? 1 : 0;
        }

        if (steady < policy.PoolAccountsMin)
        {
            return 0;
        }

        if (CommonFrame() is not { } frame)
        {
            return policy.PoolNats;
        }

        var all = Math.Max(steady, frame.AccountCount);
        return steady <= policy.PaceShareByChance * all
            ? 0
            : Math.Clamp(ShareRatio(steady, all, policy.PaceShareByChance), 0, policy.PaceNatsMax);
    }
}
