using Sentinel.Detection.State;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// Which model was released last, by the stream itself: a model is released where it is first seen, once a handful of accounts
/// have asked for it, so that a misspelt name is none. And how large the benign rush to it is: of the accounts that had other
/// traffic before and were not suspicious, how many moved to it as fast. Owned by the lane's thread.
/// </summary>
internal sealed class ReleaseWatch
{
    /// <summary>Models told apart; past it those that hardly anybody asked for are forgotten, then newcomers ignored.</summary>
    public const int ModelsMax = 1_024;

    private const int AccountsMin = 5;
    private const int JudgedMin = 50;
    private const long DayMs = 86_400_000;

    private readonly Dictionary<ulong, Model> _models = [];
    private long _firstMs = long.MinValue;
    private int _judged;
    private int _moved;

    /// <summary>Key of the model released last, or 0.</summary>
    public ulong Latest { get; private set; }

    /// <summary>Event time at which it was first seen.</summary>
    public long LatestAtMs { get; private set; }

    /// <summary>Whether that was so short ago that moving to it is a rush.</summary>
    public bool IsFresh(long atMs) => Latest != 0 && atMs - LatestAtMs < DayMs;

    /// <summary>Notes that an account asked for a model.</summary>
    public void See(ulong model, ulong account, long atMs)
    {
        if (model == 0)
        {
            return;
        }

        _firstMs = _firstMs == long.MinValue ? atMs : _firstMs;
        if (_models.TryGetValue(model, out var known))
        {
            if (!known.IsKnown && known.Add(account) == AccountsMin)
            {
                known.IsKnown = true;
                Release(model, known, atMs);
            }

            return;
        }

        if (_models.Count >= ModelsMax)
        {
            foreach (var (key, _) in _models.Where(static item => !item.Value.IsKnown).ToArray())
            {
                _models.Remove(key);
            }
        }

        if (_models.Count < ModelsMax)
        {
            // What the stream begins with was there before.
            var first = new Model { FirstMs = atMs, IsKnown = atMs - _firstMs < DayMs };
            first.Add(account);
            _models.Add(model, first);
        }
    }

    /// <summary>Books whether an account moved to the latest release; suspicious ones do not count.</summary>
    public void Book(bool moved, bool isBenign)
    {
        _judged += isBenign ? 1 : 0;
        _moved += isBenign && moved ? 1 : 0;
    }

    /// <summary>Evidence that an account moved, nats: by its rank in the rush; 0 while that is not known.</summary>
    public double NatsOfMove(double natsMax) => _judged < JudgedMin
        ? 0
        : Math.Clamp(Math.Log(ContentEvidence.EValueOf((_moved + 1.0) / (_judged + 1.0))), 0, natsMax);

    /// <summary>Writes all of it.</summary>
    public void Write(StateWriter to)
    {
        to.PutUInt64(Latest);
        to.PutInt64(LatestAtMs);
        to.PutInt64(_firstMs);
        to.PutCount(_judged);
        to.PutCount(_moved);
        to.PutCount(_models.Count);
        foreach (var (key, model) in _models)
        {
            to.PutUInt64(key);
            to.PutInt64(model.FirstMs);
            to.PutBool(model.IsKnown);
            to.PutCount(model.Accounts.Count);
            model.Accounts.ForEach(to.PutUInt64);
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader from)
    {
        (Latest, LatestAtMs, _firstMs) = (from.TakeUInt64(), from.TakeInt64(), from.TakeInt64());
        (_judged, _moved) = (from.TakeCount(), from.TakeCount());
        _models.Clear();
        for (var left = from.TakeCountOf(17); left > 0; left--)
        {
            var (key, model) = (from.TakeUInt64(), new Model { FirstMs = from.TakeInt64(), IsKnown = from.TakeBool() });
            for (var accounts = from.TakeCountOf(sizeof(ulong)); accounts > 0; accounts--)
            {
                model.Accounts.Add(from.TakeUInt64());
            }

            _models[key] = model;
        }
    }

    // A model that few came to within a day was no release that anybody rushed to.
    private void Release(ulong key, Model model, long atMs)
    {
        if (atMs - model.FirstMs < DayMs)
        {
            (Latest, LatestAtMs, _judged, _moved) = (key, model.FirstMs, 0, 0);
        }
    }

    private sealed class Model
    {
        public long FirstMs { get; init; }

        public bool IsKnown { get; set; }

        public List<ulong> Accounts { get; } = [];

        public int Add(ulong account)
        {
            if (!IsKnown && !Accounts.Contains(account))
            {
                Accounts.Add(account);
            }

            return Accounts.Count;
        }
    }
}
