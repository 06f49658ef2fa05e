namespace Sentinel.Detection.Evidence;

/// <summary>
/// Whether an account moved its traffic to a new model within a day of its release: of its first exchanges after the release,
/// half or more ask for it. Who benchmarks a new model on its first day does that too, which is why it counts by how many
/// others did, and never for more than watching. A mutable value inside the account's profile; owned by the lane.
/// </summary>
internal struct PivotLedger
{
    /// <summary>Exchanges before the release from which on there was traffic to move.</summary>
    public const int BeforeMin = 20;

    /// <summary>Exchanges after it by which an account is judged.</summary>
    public const int AfterCount = 16;

    /// <summary>Key of the release that it is about, or 0.</summary>
    public ulong Release { get; set; }

    /// <summary>Exchanges since then, up to <see cref="AfterCount"/>.</summary>
    public byte Since { get; set; }

    /// <summary>Those that ask for the new model.</summary>
    public byte OnNew { get; set; }

    /// <summary>Whether there was traffic to move.</summary>
    public bool HasBefore { get; set; }

    /// <summary>Evidence, nats.</summary>
    public float Nats { get; set; }

    /// <summary>Whether it can be told if the account moved.</summary>
    public readonly bool IsJudged => HasBefore && Since == AfterCount;

    /// <summary>Whether it moved.</summary>
    public readonly bool HasMoved => IsJudged && OnNew * 2 >= AfterCount;

    /// <summary>Books an exchange.</summary>
    /// <param name="model">The model asked for.</param>
    /// <param name="before">Exchanges of the account before this one.</param>
    /// <param name="atMs">Its event time.</param>
    /// <param name="isBenign">Whether nothing speaks against the account.</param>
    /// <param name="releases">The releases; told when the account can be judged.</param>
    /// <param name="natsMax">Most evidence.</param>
    public void Add(ulong model, long before, long atMs, bool isBenign, ReleaseWatch releases, double natsMax)
    {
        if (releases.Latest == 0)
        {
            return;
        }

        if (Release != releases.Latest)
        {
            this = new PivotLedger { Release = releases.Latest, HasBefore = before >= BeforeMin, Nats = Nats };
        }

        if (Since < AfterCount && HasBefore && releases.IsFresh(atMs))
        {
            Since++;
            OnNew += model == Release ? (byte)1 : (byte)0;
            if (Since == AfterCount)
            {
                releases.Book(HasMoved, isBenign);
            }
        }

        // The rush becomes known by and by, so the account's rank in it does too.
        if (HasMoved)
        {
            Nats = (float)releases.NatsOfMove(natsMax);
        }
    }
}
