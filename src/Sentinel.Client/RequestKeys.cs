namespace Sentinel.Client;

/// <summary>Whom a request is of, by the ids that events carry. Empty where it is not known.</summary>
/// <param name="Account">The account.</param>
public readonly record struct RequestKeys(string Account)
{
    /// <summary>Id or hash of the API key; never the key itself.</summary>
    public string? ApiKeyId { get; init; }

    /// <summary>The organisation.</summary>
    public string? Organisation { get; init; }

    /// <summary>Hash of the payment instrument.</summary>
    public string? PaymentHash { get; init; }

    /// <summary>Address of the client.</summary>
    public string? Address { get; init; }
}
