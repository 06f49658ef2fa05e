using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>Who is told what happens.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Host">Where; no more of the address, which may hold a secret.</param>
/// <param name="Events">What it is told.</param>
/// <param name="Recipient">Through whose profile; empty: the house itself.</param>
public sealed record TargetView(string Name, string Kind, string Host, string Events, string Recipient);

/// <summary>An event that was not taken.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Target">By whom.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">To what.</param>
/// <param name="Reason">Why.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FailedAt">When last.</param>
/// <param name="CanBeSent">Whether its target is still configured.</param>
public sealed record DeadLetterView(
    string Id, string Target, string Kind, string Subject, string Reason, int Attempts, DateTimeOffset FailedAt, bool CanBeSent);

/// <summary>What the page of webhooks shows.</summary>
/// <param name="Targets">Who is told.</param>
/// <param name="DeadLetters">What they did not take, the latest first.</param>
/// <param name="Sent">The dead letter that was just delivered, or empty.</param>
/// <param name="Fault">Why one was not, or empty.</param>
public sealed record WebhooksView(
    ImmutableArray<TargetView> Targets, ImmutableArray<DeadLetterView> DeadLetters, string Sent, string Fault);
