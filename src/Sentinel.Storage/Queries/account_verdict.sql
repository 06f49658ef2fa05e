-- What did the machine conclude last of an account?
SELECT
  partition, offset, policy_version, account_id, level, risk, action, abuse_types, campaign_id, first_flagged_at,
  exchanges_seen, exchanges_at_flag, reason_codes, reason_summaries, reason_weights, model_version, feature_layout, at
FROM verdicts
WHERE account_id = {account:String}
ORDER BY offset DESC, policy_version DESC, stored_at DESC
LIMIT 1
