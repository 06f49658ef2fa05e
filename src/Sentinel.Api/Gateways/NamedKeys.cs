namespace Sentinel.Api.Gateways;

/// <summary>Whom a gateway's request names: an account, and what else it says of the client. Empty where it does not
/// say.</summary>
internal readonly ref struct NamedKeys
{
    /// <summary>Whether it names an account.</summary>
    public required AccountFault Fault { get; init; }

    /// <summary>The account, where it does.</summary>
    public ReadOnlySpan<char> Account { get; init; }

    /// <summary>Its plan.</summary>
    public ReadOnlySpan<char> Plan { get; init; }

    /// <summary>Id or hash of the API key.</summary>
    public ReadOnlySpan<char> ApiKey { get; init; }

    /// <summary>Hash of the payment instrument.</summary>
    public ReadOnlySpan<char> PaymentHash { get; init; }

    /// <summary>The organisation.</summary>
    public ReadOnlySpan<char> Organisation { get; init; }

    /// <summary>The client's address.</summary>
    public ReadOnlySpan<char> Address { get; init; }
}
