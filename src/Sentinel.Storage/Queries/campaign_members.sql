-- What did the machine conclude last of each member of a campaign?
SELECT
  account_id,
  argMax(level, (offset, policy_version)) AS last_level,
  argMax(risk, (offset, policy_version)) AS last_risk
FROM verdicts
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY account_id
ORDER BY last_risk DESC, account_id
LIMIT {members:UInt32}
