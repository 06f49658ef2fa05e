using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// Connected components of accounts that share a payment instrument, phone, mail address, device or address; the score
/// is the size of an account's component. Source: G. Stringhini, P. Mourlanne, G. Jacob, M. Egele, C. Kruegel and
/// G. Vigna, "EvilCohort: Detecting Communities of Malicious Accounts on Online Services", USENIX Security 2015, with
/// all linkable attributes in place of addresses alone.
/// </summary>
internal sealed class SharedAttributes : IBaseline
{
    // Devices and addresses that more accounts than this use are a carrier's, an office's or a popular product's.
    private const double CommonShare = 0.01;
    private const int CommonMin = 20;

    public string Name => "shared-attributes";

    public string Source => "Stringhini et al. 2015 (EvilCohort)";

    public bool LearnsFromInnocents => false;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var common = CommonKeys(traffic);
        var ties = new List<AccountTie>();
        var book = new ScoreBook(traffic.Accounts.Count) { Ties = ties };
        var components = new Components(book);
        var owners = new Dictionary<ulong, int>();
        Span<ulong> keys = stackalloc ulong[5];
        foreach (ref readonly var exchange in traffic.Exchanges)
        {
            components.Seen(exchange.Account);
            FillKeys(traffic.Accounts[exchange.Account], exchange, keys);
            foreach (var key in keys)
            {
                if (key == 0 || common.Contains(key))
                {
                    continue;
                }

                if (!owners.TryAdd(key, exchange.Account) && owners[key] is var owner && owner != exchange.Account
                    && components.Join(owner, exchange.Account, exchange.AtMs))
                {
                    ties.Add(new AccountTie(owner, exchange.Account, double.PositiveInfinity));
                }
            }

            cancel.ThrowIfCancellationRequested();
        }

        return book;
    }

    // Kinds do not collide: a key is a 64-bit hash of the value, and the kind is folded in.
    private static void FillKeys(ObservedAccount account, in ObservedExchange exchange, Span<ulong> keys)
    {
        keys[0] = Fold(account.PaymentKey, 1);
        keys[1] = Fold(account.PhoneKey, 2);
        keys[2] = Fold(account.EmailKey, 3);
        keys[3] = Fold(exchange.DeviceKey, 4);
        keys[4] = Fold(exchange.IpKey, 5);
    }

    private static ulong Fold(ulong key, ulong kind) =>
        key == 0 ? 0 : Detection.Exchanges.KeyHash.Combine(key, kind);

    private static HashSet<ulong> CommonKeys(ObservedTraffic traffic)
    {
        var pairs = new HashSet<(ulong, int)>();
        var users = new Dictionary<ulong, int>();
        foreach (ref readonly var exchange in traffic.Exchanges)
        {
            Count(Fold(exchange.DeviceKey, 4), exchange.Account);
            Count(Fold(exchange.IpKey, 5), exchange.Account);
        }

        var most = Math.Max(CommonMin, CommonShare * traffic.Accounts.Count);
        return [.. users.Where(user => user.Value > most).Select(static user => user.Key)];

        void Count(ulong key, int account)
        {
            if (key != 0 && pairs.Add((key, account)))
            {
                users[key] = users.GetValueOrDefault(key) + 1;
            }
        }
    }

    /// <summary>Components as they grow. Scores rise by steps of at least a quarter: a member learns of few.</summary>
    private sealed class Components(ScoreBook book)
    {
        private const double StepMin = 1.25;

        private readonly DisjointSets _sets = new(book.Trails.Length);
        private readonly Dictionary<int, List<int>> _members = [];
        private readonly Dictionary<int, int> _told = [];
        private readonly int[] _exchanges = new int[book.Trails.Length];

        public void Seen(int account) => _exchanges[account]++;

        public bool Join(int first, int second, long atMs)
        {
            var (kept, gone) = _sets.Join(first, second);
            if (kept == gone)
            {
                return false;
            }

            var members = MembersOf(kept);
            var joined = MembersOf(gone);
            _members.Remove(gone);
            var (told, toldJoined) = (_told.GetValueOrDefault(kept, 1), _told.GetValueOrDefault(gone, 1));
            var size = members.Count + joined.Count;
            if (size < told * StepMin && told >= toldJoined)
            {
                Tell(joined, atMs, told);
                members.AddRange(joined);
                return true;
            }

            members.AddRange(joined);
            Tell(members, atMs, size);
            _told[kept] = size;
            return true;
        }

        private List<int> MembersOf(int root)
        {
            if (!_members.TryGetValue(root, out var members))
            {
                _members[root] = members = [root];
            }

            return members;
        }

        private void Tell(List<int> members, long atMs, double size)
        {
            foreach (var member in members)
            {
                book.Trails[member].Raise(atMs, _exchanges[member], size);
            }
        }
    }
}
