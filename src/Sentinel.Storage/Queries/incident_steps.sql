-- When did a campaign's accounts make their exchanges? In steps of so many seconds, oldest first.
SELECT
  toDateTime64(intDiv(toUnixTimestamp(occurred_at), {step:UInt32}) * {step:UInt32}, 3, 'UTC') AS at,
  count() AS exchanges,
  uniqCombined64(account_id) AS active_accounts,
  sum(toUInt64(greatest(output_tokens, 0))) AS tokens_out
FROM exchanges
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY at
ORDER BY at
LIMIT {rows:UInt32}
