-- Which accounts were flagged after a place, and are in no campaign? In the order of writing; of each what holds now.
SELECT
  stored,
  account_id,
  toUInt8(argMax(level, (level, origin))) AS last_level,
  argMax(risk, (level, origin)) AS last_risk,
  argMax(abuse_types, (level, origin)) AS types,
  argMax(exchanges_seen, (level, origin)) AS exchanges,
  argMax(ifNull(first_flagged_at, at), (level, origin)) AS flagged_at,
  argMax(reason_summaries, (level, origin)) AS summaries
FROM
(
  SELECT account_id, level, origin, risk, abuse_types, exchanges_seen, first_flagged_at, at, reason_summaries, campaign_id, stored
  FROM
  (
    SELECT
      account_id, level, origin, risk, abuse_types, exchanges_seen, first_flagged_at, at, reason_summaries, campaign_id, offset,
      policy_version
    FROM verdicts
    WHERE account_id IN
    (
      SELECT account_id FROM verdicts
      WHERE level IN ('suspect', 'abusive') AND toUnixTimestamp(stored_at) >= {after:UInt32}
      GROUP BY account_id
      HAVING (max(toUnixTimestamp(stored_at)), account_id) > ({after:UInt32}, {id:String})
      ORDER BY max(toUnixTimestamp(stored_at)), account_id
      LIMIT {rows:UInt32}
    )
    ORDER BY offset DESC, policy_version DESC
    LIMIT 1 BY account_id, origin
  ) AS latest
  INNER JOIN
  (
    SELECT account_id, max(toUnixTimestamp(stored_at)) AS stored FROM verdicts
    WHERE level IN ('suspect', 'abusive') AND toUnixTimestamp(stored_at) >= {after:UInt32}
    GROUP BY account_id
  ) AS written USING (account_id)
)
GROUP BY stored, account_id
HAVING max(campaign_id) = ''
ORDER BY stored, account_id
LIMIT {rows:UInt32}
