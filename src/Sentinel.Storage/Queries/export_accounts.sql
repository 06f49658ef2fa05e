-- Every account of a campaign with what it did and what the machine concludes of it; for files. Where a sheet would take a text
-- for a formula, a quotation mark stands before it.
WITH members AS (SELECT arrayJoin(accounts) AS account_id FROM campaigns FINAL WHERE campaign_id = {id:String})
SELECT
  if({is_csv:UInt8} AND match(m.account_id, '^[=+@\\t\\r\\n-]'), concat('''', m.account_id), m.account_id) AS account,
  toString(v.last_level) AS level,
  round(v.last_risk, 6) AS risk,
  v.flagged_at AS first_flagged_at,
  e.exchanges AS exchanges,
  e.first_at AS first_at,
  e.last_at AS last_at,
  e.tokens_in AS input_tokens,
  e.tokens_out AS output_tokens
FROM members AS m
LEFT JOIN
(
  SELECT
    account_id, count() AS exchanges, min(occurred_at) AS first_at, max(occurred_at) AS last_at,
    sum(toUInt64(greatest(input_tokens, 0))) AS tokens_in, sum(toUInt64(greatest(output_tokens, 0))) AS tokens_out
  FROM exchanges
  WHERE account_id IN members
  GROUP BY account_id
) AS e ON e.account_id = m.account_id
LEFT JOIN
(
  SELECT
    account_id, max(level) AS last_level, argMax(risk, (level, offset)) AS last_risk, min(first_flagged_at) AS flagged_at
  FROM
  (
    SELECT account_id, level, risk, offset, first_flagged_at
    FROM verdicts
    WHERE account_id IN members
    ORDER BY offset DESC, policy_version DESC
    LIMIT 1 BY account_id, origin
  )
  GROUP BY account_id
) AS v ON v.account_id = m.account_id
ORDER BY account
LIMIT {rows:UInt64}
