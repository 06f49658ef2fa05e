namespace Sentinel.Detection.Readings;

/// <summary>The tokens of one prompt by who said them, and its shape.</summary>
internal readonly ref struct PromptTokens
{
    /// <summary>Of the system prompt.</summary>
    public ReadOnlySpan<Token> System { get; init; }

    /// <summary>Of the last user message.</summary>
    public ReadOnlySpan<Token> User { get; init; }

    /// <summary>Of the customer's earlier messages.</summary>
    public ReadOnlySpan<Token> CustomerTurns { get; init; }

    /// <summary>Of earlier answers and tool outputs.</summary>
    public ReadOnlySpan<Token> OtherTurns { get; init; }

    /// <summary>Words of the last user message, also those not cut into tokens.</summary>
    public int UserWordCount { get; init; }

    /// <summary>Whether there is a system prompt.</summary>
    public bool HasSystem { get; init; }

    /// <summary>Whether there is a code fence.</summary>
    public bool HasCode { get; init; }

    /// <summary>Whether there are brackets as in JSON or a form.</summary>
    public bool HasForm { get; init; }

    /// <summary>Whether there is a numbered or bulleted list.</summary>
    public bool HasList { get; init; }

    /// <summary>Whether there are earlier turns.</summary>
    public bool HasTurns { get; init; }

    /// <summary>Whether anything is asked with a question mark.</summary>
    public bool HasQuestion { get; init; }
}
