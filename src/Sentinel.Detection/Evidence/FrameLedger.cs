using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Evidence;

/// <summary>One context of an account: a frame, or all prompts without one.</summary>
internal struct FrameSlot
{
    public FrameTags Tags;
    public int Count;
    public float EvidenceSum; // In whole steps.
}

/// <summary>
/// What an account's exchanges add up to, context by context, in 17 slots: slot 0 for prompts without a frame, 16 for
/// frames. When all are taken the weakest frame is folded into slot 0. Room is made as frames come: most accounts have one or
/// two, and 17 slots would be half of all that is kept of them. Owned by the lane; never copied, since a copy would share the
/// slots.
/// </summary>
/// <remarks>
/// The frames that stay are the strongest of all that there were, which would be evidence by selection alone: an innocent
/// account that sends thousands of frames would be convicted by its sixteen oddest. So what folded frames put into the bets is
/// added up and held against it where it speaks for the account. It is never held against the account where it speaks
/// against it, since a frame may be folded, come back and be folded again.
/// </remarks>
internal struct FrameLedger
{
    /// <summary>Frames remembered.</summary>
    public const int FramesMax = 16;

    private const int SlotCount = FramesMax + 1;
    private const int BetCount = ContentEvidence.BetCount;
    private const int UsualCount = 4;
    private FrameSlot[]? _slots;
    private float[]? _folded;
    private int _used;
    private bool _isFolded;

    /// <summary>Slot 0 and the frames in use.</summary>
    public readonly ReadOnlySpan<FrameSlot> InUse => _slots is null ? Unused : _slots.AsSpan(0, _used + 1);

    /// <summary>What folded frames put into each bet, nats in whole steps; empty while nothing was folded.</summary>
    public readonly ReadOnlySpan<float> Folded => _isFolded ? _folded : [];

    /// <summary>Exchanges of the frame that has most of them; 0 without one.</summary>
    public readonly int TopCount
    {
        get
        {
            var top = 0;
            foreach (ref readonly var slot in InUse[1..])
            {
                top = Math.Max(top, slot.Count);
            }

            return top;
        }
    }

    /// <summary>Exchanges of frames of which an anchor has this tag, as far as they are remembered.</summary>
    public readonly long CountOf(uint tag)
    {
        var count = 0L;
        foreach (ref readonly var slot in InUse)
        {
            count += slot.Tags.Has(tag) ? slot.Count : 0;
        }

        return count;
    }

    /// <summary>Evidence, nats an exchange on average, of frames of which an anchor has this tag; 0 where none is remembered.</summary>
    public readonly double MeanOf(uint tag)
    {
        var (sum, count) = (0.0, 0L);
        foreach (ref readonly var slot in InUse)
        {
            if (slot.Tags.Has(tag))
            {
                sum += slot.EvidenceSum;
                count += slot.Count;
            }
        }

        return count == 0 ? 0 : sum / count;
    }

    private static FrameSlot[] Unused { get; } = [default];

    /// <summary>Books one exchange's evidence (nats) to its context.</summary>
    public void Add(in FrameSketch frame, float evidence)
    {
        _slots ??= new FrameSlot[1];
        var tags = FrameTags.Of(frame);
        var place = tags.IsNone ? 0 : PlaceOf(tags);
        ref var slot = ref _slots[place];
        slot.Count++;
        slot.EvidenceSum += evidence;
    }

    /// <summary>Forgets all and keeps the room.</summary>
    public void Clear()
    {
        (_used, _isFolded) = (0, false);
        if (_slots is not null)
        {
            _slots[0] = default; // The others are written before they are read.
        }
    }

    /// <summary>Takes over what <see cref="InUse"/> and <see cref="Folded"/> gave.</summary>
    public void Restore(ReadOnlySpan<FrameSlot> slots, ReadOnlySpan<float> folded)
    {
        if (_slots is null || _slots.Length < slots.Length)
        {
            _slots = new FrameSlot[slots.Length];
        }

        slots.CopyTo(_slots);
        _used = slots.Length - 1;
        _isFolded = !folded.IsEmpty;
        if (_isFolded)
        {
            folded.CopyTo(_folded ??= new float[BetCount]);
        }
    }

    /// <summary>Evidence of all contexts together, nats (<see cref="ContentEvidence.Combine"/>).</summary>
    public readonly double Total()
    {
        Span<double> sums = stackalloc double[BetCount];
        Span<double> bets = stackalloc double[BetCount];
        for (var bet = 0; bet < BetCount; bet++)
        {
            sums[bet] = _isFolded ? Math.Min(0, _folded![bet]) : 0;
        }

        foreach (ref readonly var slot in InUse)
        {
            ContentEvidence.Bet(ContentEvidence.OfContext(slot.EvidenceSum, slot.Count), bets);
            for (var bet = 0; bet < BetCount; bet++)
            {
                sums[bet] += bets[bet];
            }
        }

        return ContentEvidence.OfBets(sums);
    }

    /// <summary>Mean evidence of the most telling contexts, nats: of those that make up a share of the exchanges.</summary>
    /// <param name="share">Share of the exchanges, above 0 and at most 1.</param>
    /// <param name="exchanges">Exchanges of the account, above 0.</param>
    public readonly double Highest(double share, long exchanges)
    {
        Span<(float Mean, int Count)> contexts = stackalloc (float, int)[SlotCount];
        var (used, all) = (0, 0.0);
        foreach (ref readonly var slot in InUse)
        {
            all += slot.EvidenceSum;
        }

        // The best of many small contexts is high by chance: each counts as if the account's usual had been seen there too.
        var usual = all / exchanges * UsualCount;
        foreach (ref readonly var slot in InUse)
        {
            if (slot.Count > 0)
            {
                contexts[used++] = ((float)((slot.EvidenceSum + usual) / (slot.Count + UsualCount)), slot.Count);
            }
        }

        contexts = contexts[..used];
        contexts.Sort(static (left, right) => right.Mean.CompareTo(left.Mean));
        var wanted = exchanges * share;
        var (sum, taken) = (0.0, 0.0);
        for (var i = 0; i < used && taken < wanted; i++)
        {
            var count = Math.Min(contexts[i].Count, wanted - taken);
            sum += contexts[i].Mean * count;
            taken += count;
        }

        return sum / Math.Max(taken, 1e-9);
    }

    private int PlaceOf(in FrameTags tags)
    {
        for (var i = 1; i <= _used; i++)
        {
            if (_slots![i].Tags.Meets(tags))
            {
                return i;
            }
        }

        var free = _used < FramesMax ? ++_used : FoldWeakest();
        if (free == _slots!.Length)
        {
            Array.Resize(ref _slots, Math.Min(SlotCount, free + Math.Max(1, free / 2)));
        }

        _slots[free] = new FrameSlot { Tags = tags };
        return free;
    }

    // The weakest frame says least either way: folding it loses least.
    private int FoldWeakest()
    {
        var (slots, weakest) = (_slots!, 1);
        for (var i = 2; i <= FramesMax; i++)
        {
            if (Math.Abs(slots[i].EvidenceSum) < Math.Abs(slots[weakest].EvidenceSum))
            {
                weakest = i;
            }
        }

        Span<double> bets = stackalloc double[BetCount];
        ContentEvidence.Bet(ContentEvidence.OfContext(slots[weakest].EvidenceSum, slots[weakest].Count), bets);
        _folded ??= new float[BetCount];
        if (!_isFolded)
        {
            _folded.AsSpan().Clear();
            _isFolded = true;
        }

        for (var bet = 0; bet < BetCount; bet++)
        {
            _folded[bet] += (float)ContentEvidence.InSteps(bets[bet]);
        }

        slots[0].Count += slots[weakest].Count;
        slots[0].EvidenceSum += slots[weakest].EvidenceSum;
        return weakest;
    }
}
