namespace Sentinel.Evaluation.Traffic;

/// <summary>What detectors may know of an account, from the first exchange that told it; 0 when unknown.</summary>
/// <param name="Id">The account's id.</param>
public sealed record ObservedAccount(string Id)
{
    /// <summary>Key of the payment instrument.</summary>
    public ulong PaymentKey { get; internal set; }

    /// <summary>Key of the phone.</summary>
    public ulong PhoneKey { get; internal set; }

    /// <summary>Key of the e-mail hash.</summary>
    public ulong EmailKey { get; internal set; }

    /// <summary>Exchanges of the account.</summary>
    public int ExchangeCount { get; internal set; }
}
