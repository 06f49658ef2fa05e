using System.Runtime.CompilerServices;
using System.Text;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// The bounded memory of one account: counts, evidence by context, mean content, shared keys, verdict. About 1.2 KiB
/// with ledger and embedding. Owned by the lane's thread.
/// </summary>
internal sealed class AccountState(int index, byte[] idUtf8)
{
    /// <summary>Shared keys remembered of one account; further ones count for their groups only.</summary>
    public const int SharedKeysMax = 64;

    private FrameLedger _frames;
    private Embedding _embeddingSum;
    private Kinds _kindSum;
    private LinkMemo _memo;
    private string? _id;

    public int Index { get; } = index;

    public ReadOnlySpan<byte> IdUtf8 => idUtf8;

    /// <summary>The id as text, made when first asked for.</summary>
    public string Id => _id ??= Encoding.UTF8.GetString(idUtf8);

    public ulong OrgKey { get; private set; }

    public ulong EmailDomainKey { get; private set; }

    public ulong PhoneKey { get; private set; }

    public ulong PaymentKey { get; private set; }

    public ulong IpBlockKey { get; private set; }

    public long ExchangeCount { get; private set; }

    /// <summary>Exchanges whose content speaks against benign traffic at all (evidence above 0).</summary>
    public int PositiveCount { get; private set; }

    /// <summary>Evidence by context.</summary>
    public ref FrameLedger Frames => ref _frames;

    /// <summary>Highest content evidence that the account's ledger ever reached, nats.</summary>
    public double ContentPeak { get; private set; }

    /// <summary>Reasoning references presented that were issued to an unrelated account.</summary>
    public int ForeignReasoningRefs { get; set; }

    /// <summary>Keys shared with other accounts, oldest first; null while there are none.</summary>
    public List<LinkEntry>? SharedKeys { get; private set; }

    /// <summary>The linkable keys of its latest exchange: an equal key needs no second look-up.</summary>
    public ref LinkMemo Memo => ref _memo;

    /// <summary>Number of the campaign it is part of, or -1.</summary>
    public int Campaign { get; set; } = -1;

    public Verdict? Verdict { get; set; }

    public long FlaggedAtMs { get; set; } = -1;

    public long ExchangesAtFlag { get; set; } = -1;

    public VerdictLevel Level { get; set; }

    /// <summary>Strongest group evidence it is judged by, nats, and what it rests on.</summary>
    public GroupStanding Group { get; set; }

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Summed kind scores, in the order of <see cref="ContentKind"/>, weighed by harvest score.</summary>
    public ReadOnlySpan<float> KindSum => _kindSum;

    /// <summary>Books an exchange.</summary>
    /// <param name="observation">The exchange.</param>
    /// <param name="evidence">Its content evidence, nats.</param>
    public void Book(Observation observation, float evidence)
    {
        ExchangeCount++;
        OrgKey = Latest(OrgKey, observation.OrgKey);
        EmailDomainKey = Latest(EmailDomainKey, observation.EmailDomainKey);
        PhoneKey = Latest(PhoneKey, observation.PhoneKey);
        PaymentKey = Latest(PaymentKey, observation.PaymentKey);
        IpBlockKey = Latest(IpBlockKey, observation.IpBlockKey);
        _frames.Add(in observation.Frame, evidence);
        ref var scores = ref observation.Scores;
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            _embeddingSum[i] += scores.EmbeddingAt(i);
        }

        BookKinds(ref scores);
        if (evidence > 0)
        {
            PositiveCount++;
            ContentPeak = Math.Max(ContentPeak, _frames.Total());
        }
    }

    /// <summary>
    /// Mean direction of the account's content as a unit vector of <see cref="ContentScores.EmbeddingLength"/>; false
    /// while there is none.
    /// </summary>
    public bool TryDirection(Span<float> unit)
    {
        var square = 0f;
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            square += _embeddingSum[i] * _embeddingSum[i];
        }

        if (square < 1e-6f)
        {
            return false;
        }

        var scale = 1 / MathF.Sqrt(square);
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            unit[i] = _embeddingSum[i] * scale;
        }

        return true;
    }

    /// <summary>Remembers that a key is shared; past the maximum the oldest content key makes room.</summary>
    public void Remember(LinkEntry key)
    {
        SharedKeys ??= new List<LinkEntry>(4);
        if (SharedKeys.Count == SharedKeysMax)
        {
            var oldest = SharedKeys.FindIndex(static k => k.Kind == LinkKind.Content);
            if (oldest < 0)
            {
                return;
            }

            SharedKeys.RemoveAt(oldest);
        }

        SharedKeys.Add(key);
    }

    private void BookKinds(ref ContentScores scores)
    {
        var weight = scores.Harvest;
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            _kindSum[kind] += weight * scores[(ContentKind)kind];
        }
    }

    private static ulong Latest(ulong known, ulong news) => news == 0 ? known : news;

    [InlineArray(ContentScores.EmbeddingLength)]
    private struct Embedding
    {
        private float _first;
    }

    [InlineArray(ContentKinds.Count)]
    private struct Kinds
    {
        private float _first;
    }
}

/// <summary>The group that speaks most against an account.</summary>
/// <param name="Evidence">Of the group, nats; 0 when there is none.</param>
/// <param name="Kind">What its members share.</param>
/// <param name="AccountCount">How many share it.</param>
/// <param name="IsMember">Whether the account behaves as the group does; otherwise it only shares the key.</param>
/// <param name="IdentityEvidence">Part that rests on who they say they are, nats.</param>
/// <param name="LikenessEvidence">Part that rests on how alike their content is, nats.</param>
internal readonly record struct GroupStanding(
    double Evidence, LinkKind Kind, int AccountCount, bool IsMember, double IdentityEvidence, double LikenessEvidence);
