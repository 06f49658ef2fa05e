using System.Collections.Immutable;

namespace Sentinel.Api.Console.Drawing;

/// <summary>An account of a graph.</summary>
/// <param name="Id">The account.</param>
/// <param name="Level">Its level.</param>
/// <param name="Risk">0..1.</param>
public sealed record GraphMember(string Id, string Level, double Risk);

/// <summary>A key that ties accounts of a graph.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Name">The key as people are shown it.</param>
/// <param name="Weight">How surprising it is that a pair shares it; orders keys.</param>
/// <param name="Members">Places of the accounts that use it.</param>
public sealed record GraphKey(string Kind, string Name, double Weight, ImmutableArray<int> Members);

/// <summary>What is drawn as one: an account, accounts that share the same keys, or a key.</summary>
/// <param name="X">Its place.</param>
/// <param name="Y">Its place.</param>
/// <param name="Radius">Its size.</param>
/// <param name="Style">Class that colours it.</param>
/// <param name="Kind"><c>account</c>, <c>accounts</c>, or the kind of the key.</param>
/// <param name="Label">What it is.</param>
/// <param name="AccountId">The account, where it is one; else empty.</param>
/// <param name="Accounts">How many accounts it stands for, or ties.</param>
public sealed record GraphNode(
    double X, double Y, double Radius, string Style, string Kind, string Label, string AccountId, int Accounts)
{
    /// <summary>Whether it is a key.</summary>
    public bool IsKey => Style.StartsWith("key", StringComparison.Ordinal);
}

/// <summary>Accounts that use a key.</summary>
/// <param name="From">Place of the key.</param>
/// <param name="To">Place of the accounts.</param>
/// <param name="Kind">Kind of the key.</param>
/// <param name="Width">How strong the tie is, as a width.</param>
public readonly record struct GraphEdge(int From, int To, string Kind, double Width);

/// <summary>A graph of accounts and the keys that tie them, and the same as a table.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Description">What it shows, in a sentence.</param>
/// <param name="Width">Width of its box.</param>
/// <param name="Height">Height of its box.</param>
/// <param name="Nodes">What is drawn.</param>
/// <param name="Edges">Ties, by places in <paramref name="Nodes"/>.</param>
/// <param name="Kinds">Kinds of keys that there are, the strongest first.</param>
/// <param name="Table">The keys as numbers.</param>
public sealed record GraphDrawing(
    string Title, string Description, double Width, double Height, ImmutableArray<GraphNode> Nodes,
    ImmutableArray<GraphEdge> Edges, ImmutableArray<string> Kinds, ChartTable Table);
