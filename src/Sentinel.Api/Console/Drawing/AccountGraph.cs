using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Api.Console.Drawing;

/// <summary>
/// Draws accounts around the keys that tie them. Accounts that use the very same keys are one node, and past what can be
/// told apart so are those that have their strongest key in common: a campaign of thousands is a few hundred nodes. The same
/// graph is drawn the same way every time.
/// </summary>
public static class AccountGraph
{
    /// <summary>Most nodes that are drawn.</summary>
    public const int NodesMax = 400;

    /// <summary>Most keys that are drawn, those that tie most first.</summary>
    public const int KeysMax = 80;

    private const int KeysOfKindMax = 12;
    private const int AccountsAloneMax = 160; // As many as can be told apart one by one.
    private const double Width = 960;
    private const double Height = 520;

    /// <summary>The drawing.</summary>
    /// <param name="members">The accounts.</param>
    /// <param name="keys">The keys that tie them; those of fewer than two accounts are left out.</param>
    public static GraphDrawing Draw(IReadOnlyList<GraphMember> members, IReadOnlyList<GraphKey> keys)
    {
        var shown = Choose(keys);
        var folds = Fold(members, shown);
        var nodes = new List<GraphNode>();
        var edges = new List<GraphEdge>();
        foreach (var key in shown)
        {
            nodes.Add(new GraphNode(
                0, 0, 5 + Math.Min(9, Math.Sqrt(key.Members.Length)), $"key k-{key.Kind}", key.Kind,
                $"{Spaced(key.Kind)} {key.Name}: {key.Members.Length.ToString("N0", CultureInfo.InvariantCulture)} accounts",
                "", key.Members.Length));
        }

        foreach (var fold in folds)
        {
            edges.AddRange(fold.Keys.Select(key => new GraphEdge(
                key, nodes.Count, shown[key].Kind, Math.Clamp(0.6 + (shown[key].Weight / 6), 0.6, 3))));
            nodes.Add(NodeOf(fold, members));
        }

        var placed = GraphLayout.Place(nodes.Count, edges, Width, Height);
        return new GraphDrawing(
            "Accounts and what ties them",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{members.Count:N0} accounts drawn as {folds.Count:N0} nodes around {shown.Length} shared keys of {keys.Count}."),
            Width,
            Height,
            [.. nodes.Select((node, i) => node with { X = placed[i].X, Y = placed[i].Y })],
            [.. edges],
            [.. shown.Select(static key => key.Kind).Distinct(StringComparer.Ordinal)],
            new ChartTable(
                ["Kind", "Key", "Accounts", "Weight of a pair, nats"],
                [
                    .. shown.Select(static key => (ImmutableArray<string>)
                    [
                        Spaced(key.Kind), key.Name, key.Members.Length.ToString("N0", CultureInfo.InvariantCulture),
                        key.Weight.ToString("0.0", CultureInfo.InvariantCulture),
                    ]),
                ]));
    }

    /// <summary>A name of the contract as people read it.</summary>
    public static string Spaced(string name) => name.Replace('_', ' ');

    /// <summary>Two letters for a kind of key, the same everywhere.</summary>
    public static string MarkOf(string kind) => kind switch
    {
        "template" => "Fr",
        "timing" => "Pa",
        "reasoning_reference" => "Re",
        "recirculation" => "Ou",
        _ => string.Concat(kind[..1].ToUpperInvariant(), kind.AsSpan(1, 1)),
    };

    // Keys of the very same accounts say the same thing once; no kind crowds out the others.
    private static GraphKey[] Choose(IReadOnlyList<GraphKey> keys) =>
    [
        .. keys.Where(static key => key.Members.Length > 1)
            .GroupBy(static key => key.Kind + " " + string.Join(',', key.Members), StringComparer.Ordinal)
            .Select(static same => OneOf([.. same.OrderBy(static key => key.Name, StringComparer.Ordinal)]))
            .GroupBy(static key => key.Kind, StringComparer.Ordinal)
            .SelectMany(static kind => kind.OrderByDescending(static key => key.Members.Length)
                .ThenBy(static key => key.Name, StringComparer.Ordinal).Take(KeysOfKindMax))
            .OrderByDescending(static key => key.Weight * (key.Members.Length - 1))
            .ThenBy(static key => key.Kind, StringComparer.Ordinal)
            .ThenBy(static key => key.Name, StringComparer.Ordinal)
            .Take(KeysMax),
    ];

    private static GraphKey OneOf(ImmutableArray<GraphKey> same) => same.Length == 1
        ? same[0]
        : same[0] with { Name = $"{same[0].Name} and {same.Length - 1} more" };

    // First those with equal keys; while they are too many, those with an equal strongest key.
    private static List<AccountFold> Fold(IReadOnlyList<GraphMember> members, GraphKey[] keys)
    {
        var used = new List<int>[members.Count];
        for (var i = 0; i < members.Count; i++)
        {
            used[i] = [];
        }

        for (var key = 0; key < keys.Length; key++)
        {
            foreach (var member in keys[key].Members)
            {
                used[member].Add(key);
            }
        }

        var room = NodesMax - keys.Length;
        if (members.Count <= Math.Min(AccountsAloneMax, room))
        {
            return [.. Enumerable.Range(0, members.Count).Select(i => new AccountFold([i], [.. used[i]]))];
        }

        var folds = Enumerable.Range(0, members.Count)
            .GroupBy(i => string.Join(',', used[i]), StringComparer.Ordinal)
            .Select(group => new AccountFold([.. group], [.. used[group.First()]]))
            .OrderByDescending(static fold => fold.Members.Length)
            .ThenBy(static fold => fold.Members[0])
            .ToList();
        if (folds.Count <= room)
        {
            return folds;
        }

        var kept = folds.Take(room - keys.Length - 1).ToList();
        kept.AddRange(folds.Skip(kept.Count)
            .GroupBy(static fold => fold.Keys.IsEmpty ? -1 : fold.Keys[0])
            .Select(static group => new AccountFold(
                [.. group.SelectMany(static fold => fold.Members)], group.Key < 0 ? [] : [group.Key])));
        return kept;
    }

    private static GraphNode NodeOf(AccountFold fold, IReadOnlyList<GraphMember> members)
    {
        var worst = members[fold.Members.MaxBy(i => members[i].Risk)];
        return fold.Members.Length == 1
            ? new GraphNode(
                0, 0, 4, $"account l-{worst.Level}", "account",
                string.Create(CultureInfo.InvariantCulture, $"{worst.Id}: {worst.Level}, {worst.Risk:P0}"), worst.Id, 1)
            : new GraphNode(
                0, 0, 4 + Math.Min(14, Math.Sqrt(fold.Members.Length)), $"accounts l-{worst.Level}", "accounts",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fold.Members.Length:N0} accounts that share the same {fold.Keys.Length} keys; the worst is {worst.Level}, {worst.Risk:P0}"),
                "", fold.Members.Length);
    }

    private readonly record struct AccountFold(ImmutableArray<int> Members, ImmutableArray<int> Keys);
}
