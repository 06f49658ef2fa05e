using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>Who looks at what.</summary>
/// <param name="Title">Title of the page.</param>
/// <param name="Section">The part of the console that it belongs to; empty for pages without navigation.</param>
/// <param name="Theme"><c>auto</c>, <c>light</c> or <c>dark</c>.</param>
/// <param name="Path">Path and query of the page.</param>
/// <param name="Items">Parts that the person may go to.</param>
/// <param name="PersonId">Who, by their id; empty where nobody is signed in.</param>
/// <param name="Person">Who, as others see them.</param>
/// <param name="Role">In which role.</param>
/// <param name="CsrfField">Name of the field that forms carry.</param>
/// <param name="Csrf">Its value.</param>
/// <param name="Now">The time.</param>
public sealed record ShellView(
    string Title, string Section, string Theme, string Path, ImmutableArray<NavItem> Items, string PersonId,
    string Person, string Role, string CsrfField, string Csrf, DateTimeOffset Now)
{
    /// <summary>The queue that one came from, or empty.</summary>
    public string From { get; init; } = "";

    /// <summary>Where the queue is that one goes back to.</summary>
    public string Queue => From.Length > 0 ? From : "/console/queue";
}

/// <summary>A part of the console.</summary>
/// <param name="Section">Its name.</param>
/// <param name="Href">Where it is.</param>
/// <param name="Text">What it is called.</param>
public readonly record struct NavItem(string Section, string Href, string Text);

/// <summary>Why the machine concluded something, as it was stored.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Summary">In a sentence.</param>
/// <param name="Weight">Evidence in nats.</param>
public readonly record struct ReasonView(string Code, string Summary, double Weight);

/// <summary>A sentence for a page that has nothing else to say.</summary>
/// <param name="Heading">What.</param>
/// <param name="Text">Why, and what to do.</param>
/// <param name="Href">Where to go on.</param>
/// <param name="Link">What is there.</param>
public sealed record MessageView(string Heading, string Text, string Href, string Link);
