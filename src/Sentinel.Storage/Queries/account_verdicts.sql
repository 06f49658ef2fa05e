-- What was concluded of an account, the latest first?
SELECT at, toUInt8(level), risk, toUInt8(action), toUInt8(origin), campaign_id, exchanges_seen, reason_codes, reason_summaries,
  reason_weights
FROM verdicts
WHERE account_id = {account:String}
ORDER BY at DESC, offset DESC
LIMIT 1 BY partition, offset, policy_version, origin
LIMIT {rows:UInt32}
