-- What was concluded of an account, each time that it changed, the latest first?
SELECT
  at, origin, level, risk, action, arraySum(reason_weights) AS nats, policy_version
FROM verdicts FINAL
WHERE account_id = {account:String}
ORDER BY at DESC, offset DESC, origin
LIMIT {rows:UInt32}
