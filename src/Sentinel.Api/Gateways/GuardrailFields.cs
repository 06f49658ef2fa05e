namespace Sentinel.Api.Gateways;

/// <summary>Where a guardrail's body names what: a text at its top or in an object there.</summary>
/// <param name="Accounts">The account: the first that is there.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="ApiKey">Id or hash of the API key.</param>
/// <param name="PaymentHash">Hash of the payment instrument.</param>
/// <param name="Organisation">The organisation.</param>
/// <param name="Address">The client's address.</param>
internal sealed record GuardrailFields(
    BodyField[] Accounts, BodyField Plan, BodyField ApiKey, BodyField PaymentHash, BodyField Organisation,
    BodyField Address)
{
    /// <summary>All of them, each once.</summary>
    public BodyField[] All { get; } = [.. new[] { Plan, ApiKey, PaymentHash, Organisation, Address }.Union(Accounts)];

    /// <summary>All in one object, by the names of <c>POST /v1/decisions</c>.</summary>
    public static GuardrailFields In(string section, string accountKey) => new(
        [new(section, accountKey)], new(section, "plan"), new(section, "api_key_id"), new(section, "payment_hash"),
        new(section, "org_id"), new(section, "address"));

    /// <summary>The account that a body names; empty where it names none.</summary>
    public string AccountIn(BodySearch search) =>
        Accounts.Select(field => ValueOf(field, search)).FirstOrDefault(static text => text.Length > 0) ?? "";

    /// <summary>All that a body names.</summary>
    public NamedKeys NamedIn(BodySearch search, AccountFault fault, string account) => new()
    {
        Fault = fault,
        Account = account,
        Plan = ValueOf(Plan, search),
        ApiKey = ValueOf(ApiKey, search),
        PaymentHash = ValueOf(PaymentHash, search),
        Organisation = ValueOf(Organisation, search),
        Address = ValueOf(Address, search),
    };

    private string ValueOf(BodyField field, BodySearch search) => search.ValueOf(Array.IndexOf(All, field));
}
