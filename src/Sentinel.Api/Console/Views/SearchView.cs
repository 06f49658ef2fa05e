using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>What a text was found to be.</summary>
/// <param name="Text">The text.</param>
/// <param name="Fault">What is wrong with it, or empty.</param>
/// <param name="IsAccount">Whether it is an account.</param>
/// <param name="Campaign">The campaign that it is, or empty.</param>
/// <param name="Cases">Cases about it.</param>
/// <param name="Groups">Keys that it is, or whose value it is.</param>
public sealed record SearchView(
    string Text, string Fault, bool IsAccount, string Campaign, ImmutableArray<RelatedView> Cases,
    ImmutableArray<KeyGroupView> Groups)
{
    /// <summary>Whether it is nothing that is known.</summary>
    public bool IsNothing => !IsAccount && Cases.IsEmpty && Groups.IsEmpty;
}

/// <summary>Who uses a key.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key, 16 hexadecimal digits.</param>
/// <param name="Accounts">How many accounts use it.</param>
/// <param name="Users">The first to use it first.</param>
public sealed record KeyGroupView(string Kind, string Key, long Accounts, ImmutableArray<KeyUserView> Users);

/// <summary>An account that uses a key.</summary>
/// <param name="Account">The account.</param>
/// <param name="Since">Since when.</param>
public readonly record struct KeyUserView(string Account, DateTimeOffset Since);
