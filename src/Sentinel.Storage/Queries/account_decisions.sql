-- What were gateways answered about an account? The latest first.
SELECT at, gateway, action, reason, decision_id, is_stale, share
FROM decisions
WHERE account_id = {account:String}
ORDER BY at DESC
LIMIT {rows:UInt32}
