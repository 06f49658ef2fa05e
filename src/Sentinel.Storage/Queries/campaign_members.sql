-- What does the machine conclude of each member of a campaign: the stronger of the latest of each judge?
SELECT
  account_id,
  max(origin_level) AS last_level,
  argMax(origin_risk, (origin_level, origin)) AS last_risk
FROM
(
  SELECT
    account_id,
    origin,
    argMax(level, (offset, policy_version)) AS origin_level,
    argMax(risk, (offset, policy_version)) AS origin_risk
  FROM verdicts
  WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
  GROUP BY account_id, origin
)
GROUP BY account_id
ORDER BY last_risk DESC, account_id
LIMIT {members:UInt32}
