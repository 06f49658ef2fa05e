using Sentinel.Detection.Links;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Campaigns;

// How alike the accounts of a pool of strangers ask: by one frame that most of them send, or by where their content points.
internal sealed partial class GroupJudge
{
    // The frame that most of the group send, if there is one: many identities and one hand.
    private LinkEntry? CommonFrame()
    {
        _frames.Clear();
        LinkEntry? common = null;
        var accountsMin = Math.Max(policy.AlikeAccountsMin, CommonFrameShareMin * _group.Count);
        if (_group.Count < accountsMin)
        {
            return null;
        }

        foreach (var account in _group)
        {
            foreach (var key in account.SharedKeys ?? [])
            {
                if (key.Kind != LinkKind.Template || key.AccountCount < accountsMin)
                {
                    continue; // Most frames: so few send them that they can be common to no such group.
                }

                var count = _frames[key] = _frames.GetValueOrDefault(key) + 1;
                common = common is null || count > _frames[common] ? key : common;
            }
        }

        return common is not null && _frames[common] >= accountsMin ? common : null;
    }

    // Likelihood ratio of "so many of the group send it" against "as many as of all accounts do".
    private double FrameLikeness(LinkEntry frame)
    {
        var popularity = Math.Min(0.5, frame.AccountCount / (double)accounts.Total);
        if (popularity > CommonFrameShareMin / 2 || accounts.Total < AccountsForRarityMin)
        {
            return 0;
        }

        var ratio = ShareRatio(_frames[frame], _group.Count, popularity);
        return Math.Clamp(ratio, 0, policy.LikenessNatsMax);
    }

    private bool TryDirection(Span<float> direction)
    {
        Span<float> unit = stackalloc float[ContentScores.EmbeddingLength];
        direction.Clear();
        foreach (var account in _group)
        {
            if (account.Profile.ExchangeCount >= Population.ExchangesMin && account.Profile.TryDirection(unit))
            {
                for (var i = 0; i < unit.Length; i++)
                {
                    direction[i] += unit[i];
                }
            }
        }

        return Population.Dot(direction, direction) > 1e-3f;
    }

    // How much the account's content points the way of the others': without itself, or every small group would look
    // alike. False when nothing can be said.
    private static bool TryAlikeness(LinkedAccount account, ReadOnlySpan<float> sum, out float cosine)
    {
        cosine = 0;
        Span<float> unit = stackalloc float[ContentScores.EmbeddingLength];
        if (account.Profile.ExchangeCount < Population.ExchangesMin || !account.Profile.TryDirection(unit))
        {
            return false;
        }

        Span<float> rest = stackalloc float[ContentScores.EmbeddingLength];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = sum[i] - unit[i];
        }

        var norm = MathF.Sqrt(Population.Dot(rest, rest));
        cosine = norm < 1e-3f ? 0 : Population.Dot(unit, rest) / norm;
        return norm >= 1e-3f;
    }

    // Were the members strangers, half of them would hardly all lie where only a share q of strangers does: a
    // binomial likelihood ratio of one half against q, which is an e-value for the share q.
    private double Likeness(ReadOnlySpan<float> direction)
    {
        var cosines = new List<float>(_group.Count);
        foreach (var account in _group)
        {
            if (TryAlikeness(account, direction, out var cosine))
            {
                cosines.Add(cosine);
            }
        }

        if (cosines.Count < policy.AlikeAccountsMin || population.Count < policy.AlikeAccountsMin)
        {
            return 0;
        }

        cosines.Sort();
        var q = population.ShareAtLeast(cosines[cosines.Count / 2], direction, _indices);
        if (q > PoolShareMax)
        {
            return 0;
        }

        var half = cosines.Count / 2.0;
        return Math.Min((half * Math.Log(0.5 / q)) + (half * Math.Log(0.5 / (1 - q))), policy.LikenessNatsMax);
    }

    private bool IsAlike(LinkedAccount account, ReadOnlySpan<float> direction) =>
        TryAlikeness(account, direction, out var cosine)
        && population.ShareAtLeast(cosine, direction, _indices) <= AlikeShareMax;
}
