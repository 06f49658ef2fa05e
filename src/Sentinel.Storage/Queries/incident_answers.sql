-- What were gateways answered about a campaign's accounts, as far as it was logged?
SELECT
  action,
  toUInt64(round(sum(1 / share))) AS answers,
  uniqExact(account_id) AS answered_accounts,
  min(at) AS first_at,
  max(at) AS last_at
FROM decisions
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY action
ORDER BY action DESC
LIMIT 16
