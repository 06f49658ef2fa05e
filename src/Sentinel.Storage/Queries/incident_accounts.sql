-- What did each account of a campaign do, and what does the machine conclude of it? Of the latest verdict of each judge the
-- stronger holds.
WITH members AS (SELECT arrayJoin(accounts) AS account_id FROM campaigns FINAL WHERE campaign_id = {id:String})
SELECT
  m.account_id AS account,
  v.last_level AS level,
  v.last_risk AS risk,
  v.last_action AS action,
  v.flagged_at AS first_flagged_at,
  e.exchanges AS exchanges,
  e.first_at AS first_at,
  e.last_at AS last_at,
  e.tokens_out AS tokens_out
FROM members AS m
LEFT JOIN
(
  SELECT
    account_id, count() AS exchanges, min(occurred_at) AS first_at, max(occurred_at) AS last_at,
    sum(toUInt64(greatest(output_tokens, 0))) AS tokens_out
  FROM exchanges
  WHERE account_id IN members
  GROUP BY account_id
) AS e ON e.account_id = m.account_id
LEFT JOIN
(
  SELECT
    account_id,
    toUInt8(max(origin_level)) AS last_level,
    argMax(origin_risk, (origin_level, origin)) AS last_risk,
    toUInt8(argMax(origin_action, (origin_level, origin))) AS last_action,
    min(origin_flagged) AS flagged_at
  FROM
  (
    SELECT
      account_id, origin, argMax(level, (offset, policy_version)) AS origin_level,
      argMax(risk, (offset, policy_version)) AS origin_risk, argMax(action, (offset, policy_version)) AS origin_action,
      min(first_flagged_at) AS origin_flagged
    FROM verdicts
    WHERE account_id IN members
    GROUP BY account_id, origin
  )
  GROUP BY account_id
) AS v ON v.account_id = m.account_id
ORDER BY risk DESC, account
LIMIT {rows:UInt32}
