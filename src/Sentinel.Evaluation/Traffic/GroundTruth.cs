using System.Globalization;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Evaluation.Traffic;

/// <summary>
/// Who the accounts really are: one JSON object a line with <c>account_id</c>, <c>label</c> (benign or malicious),
/// <c>class</c>, <c>campaign</c>, <c>recipe</c> and <c>first_malicious_event</c>; others are ignored. Immutable.
/// </summary>
public sealed class GroundTruth
{
    /// <summary>Most accounts: at some 200 bytes each 2 GB.</summary>
    public const int AccountsMax = 10_000_000;

    private readonly Dictionary<string, AccountTruth> _accounts;

    private GroundTruth(Dictionary<string, AccountTruth> accounts) => _accounts = accounts;

    /// <summary>Accounts that something is known of.</summary>
    public int Count => _accounts.Count;

    /// <summary>Reads the lines. On false <paramref name="fault"/> is a sentence that names the line.</summary>
    public static bool TryRead(IEnumerable<string> lines, out GroundTruth truth, out string fault)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var accounts = new Dictionary<string, AccountTruth>(StringComparer.Ordinal);
        truth = new GroundTruth(accounts);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (!TryParse(line, out var id, out var account, out var problem))
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"line {number}: {problem}");
                return false;
            }

            if (accounts.Count == AccountsMax || !accounts.TryAdd(id, account))
            {
                var what = accounts.Count == AccountsMax ? "that is too many accounts" : "its account was told before";
                fault = string.Create(CultureInfo.InvariantCulture, $"line {number}: {what}");
                return false;
            }
        }

        fault = "";
        return true;
    }

    /// <summary>Whether an account abuses the service; false of one that the truth does not know.</summary>
    public bool IsAbuser(string accountId) => _accounts.TryGetValue(accountId, out var truth) && truth.IsMalicious;

    /// <summary>
    /// The truth about every account of some traffic, place by place. On false <paramref name="unknown"/> is one that
    /// the truth does not know.
    /// </summary>
    public bool TryResolve(IReadOnlyList<ObservedAccount> accounts, out AccountTruth[] resolved, out string unknown)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        resolved = new AccountTruth[accounts.Count];
        for (var i = 0; i < resolved.Length; i++)
        {
            if (!_accounts.TryGetValue(accounts[i].Id, out var truth))
            {
                unknown = accounts[i].Id;
                return false;
            }

            resolved[i] = truth;
        }

        unknown = "";
        return true;
    }

    private static bool TryParse(string line, out string id, out AccountTruth truth, out string problem)
    {
        (id, truth, problem) = ("", new AccountTruth(IsMalicious: false, "", null, 0, null), "");
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            problem = "it is not JSON";
            return false;
        }

        using (json)
        {
            if (!TryText(json.RootElement, "account_id", out var account) || account is null)
            {
                problem = "it has no text 'account_id'";
                return false;
            }

            if (!TryText(json.RootElement, "label", out var label) || label is not ("benign" or "malicious"))
            {
                problem = "its 'label' is neither benign nor malicious";
                return false;
            }

            if (!TryText(json.RootElement, "class", out var group)
                || !TryText(json.RootElement, "campaign", out var campaign)
                || !TryText(json.RootElement, "first_malicious_event", out var first)
                || !TryText(json.RootElement, "recipe", out var recipe))
            {
                problem = "one of class, campaign, recipe and first_malicious_event is neither text nor null";
                return false;
            }

            id = account;
            truth = new AccountTruth(
                label == "malicious",
                group ?? label,
                label == "malicious" ? campaign : null,
                first is null ? 0 : EventKey.Of(Encoding.UTF8.GetBytes(first)).High,
                label == "malicious" ? recipe : null);
            return true;
        }
    }

    // A property that is missing is null.
    private static bool TryText(JsonElement line, string name, out string? text)
    {
        text = null;
        if (line.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (!line.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
