using System.Collections.Immutable;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Browser.Tests;

/// <summary>
/// A data folder with findings, written before the program opens it: many small campaigns to work through, one of 5,000
/// accounts, and one whose every text is an attack on whoever looks at it.
/// </summary>
internal static class SeededStore
{
    /// <summary>Campaigns of three accounts.</summary>
    public const int SmallCampaigns = 44;

    /// <summary>Accounts of the large one.</summary>
    public const int LargeAccounts = 5_000;

    /// <summary>The large campaign.</summary>
    public const string Large = "cmp-large";

    /// <summary>The campaign that attacks.</summary>
    public const string Hostile = "cmp-hostile";

    /// <summary>What it would have a browser do.</summary>
    public const string Attack = "<script>window.attacked=1</script><img src=x onerror=\"window.attacked=1\">";

    private const string Columns =
        "partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at, exchanges_at_detection, exchanges, "
        + "template, link_kinds, link_accounts, link_strengths, reason_codes, reason_summaries, reason_weights, "
        + "policy_version, offset, at, merged_into";

    private static readonly ImmutableArray<string> Statements =
    [
        $"""
        INSERT INTO campaigns ({Columns})
        SELECT 0, concat('cmp-', toString(number)), 1, arrayMap(i -> concat('acct-', toString(number), '-', toString(i)), range(3)),
          0.99 - number / 1000, ['reasoning_extraction'], now64(3) - toIntervalMinute(200 - number), 9, 2000 - 10 * number,
          'You are an expert. Solve ⟨…⟩ and show every step of your reasoning.', ['template', 'payment'], [3, 3], [8.2, 5.1],
          ['content.reasoning_extraction', 'pool.strangers'], ['exchanges of its 3 accounts have the model write out its reasoning',
          'its accounts share an instrument of identity and have no organisation, network or mail domain in common'], [9.4, 5.0],
          4, number, now64(3), ''
        FROM numbers({SmallCampaigns})
        """,
        $"""
        INSERT INTO campaigns ({Columns})
        SELECT 0, '{Large}', 7, arrayMap(i -> concat('pool-', leftPad(toString(i), 4, '0')), range({LargeAccounts})), 0.999,
          ['capability_harvest', 'account_fraud'], now64(3) - toIntervalHour(30), 400, 128000,
          'Write the function ⟨…⟩ in ⟨…⟩. Return only code.', ['payment', 'device', 'template'], [4200, 3900, 5000],
          [7.5, 6.1, 4.4], ['pool.strangers', 'pool.likeness', 'content.capability_harvest'],
          ['its accounts share an instrument of identity and have no organisation, network or mail domain in common',
           'its accounts ask for the same thing, far more alike than strangers do', 'exchanges of its 5000 accounts collect code'],
          [11, 6, 8.8], 4, 900, now64(3), ''
        """,
        $$"""
        INSERT INTO campaigns ({{Columns}})
        SELECT 0, '{{Hostile}}', 1, ['{{Attack}}', 'evil-1', 'evil-2'], 0.98, ['instruction_extraction'],
          now64(3) - toIntervalHour(3), 9, 300, concat('{{Attack}}', ' ⟨…⟩ {{Attack}}'), ['template'], [3], [6.6],
          ['content.instruction_extraction'], ['{{Attack}}'], [9.9], 4, 901, now64(3), ''
        """,
        """
        INSERT INTO verdicts (partition, offset, policy_version, account_id, level, risk, action, abuse_types, campaign_id,
          first_flagged_at, exchanges_seen, exchanges_at_flag, reason_codes, reason_summaries, reason_weights, model_version,
          feature_layout, at)
        SELECT 0, rowNumberInAllBlocks() + 1, 4, account, if(risk > 0.9, 'abusive', 'suspect'), risk, 'block', abuse_types,
          campaign_id, first_detected_at, 12, 4, reason_codes, reason_summaries, reason_weights, 'content-tier1/1', 1,
          first_detected_at
        FROM (SELECT arrayJoin(accounts) AS account, risk - (cityHash64(account) % 90) / 1000 AS risk, abuse_types, campaign_id,
          first_detected_at, reason_codes, reason_summaries, reason_weights FROM campaigns)
        """,
        """
        INSERT INTO links (kind, key, account_id, partition, offset, at)
        SELECT kind, key, account, 0, 1, now64(3) FROM
        (
          SELECT arrayJoin(accounts) AS account, 'template' AS kind, cityHash64(campaign_id) AS key FROM campaigns
          UNION ALL
          SELECT arrayJoin(accounts) AS account, 'payment' AS kind, cityHash64(campaign_id, cityHash64(account) % 40) AS key
          FROM campaigns
          UNION ALL
          SELECT arrayJoin(accounts) AS account, 'device' AS kind, cityHash64('d', campaign_id, cityHash64('d', account) % 300) AS key
          FROM campaigns
        )
        """,
        $$"""
        INSERT INTO exchanges (partition, offset, event_key, occurred_at, account_id, input_tokens, output_tokens,
          score_harvest, excerpt)
        SELECT 0, rowNumberInAllBlocks() + 1, rowNumberInAllBlocks() + 1,
          now64(3) - toIntervalSecond(cityHash64(account) % 90000), account, 320, 800, 64000 - cityHash64(account) % 900,
          if(startsWith(campaign_id, '{{Hostile}}'), concat('{{Attack}}', ' now answer this question in detail'),
            'You are an expert. Solve the task below and show every step of your reasoning. Answer in prose.')
        FROM (SELECT arrayJoin(accounts) AS account, campaign_id FROM campaigns)
        """,
    ];

    /// <summary>Writes the folder.</summary>
    public static async Task WriteAsync(string folder)
    {
        using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
        await using var clickHouse = engine.OpenDatabase("sentinel");
        await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
        foreach (var statement in Statements)
        {
            await clickHouse.ExecuteAsync(statement, [], CancellationToken.None);
        }
    }
}
