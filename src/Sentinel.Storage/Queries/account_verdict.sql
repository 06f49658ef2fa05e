-- What does the machine conclude of an account? Two judges conclude apart: of the latest of each, the stronger holds,
-- and the campaigns' when both are equal, because it names the campaign.
SELECT
  partition, offset, policy_version, account_id, level, risk, action, abuse_types, campaign_id, first_flagged_at,
  exchanges_seen, exchanges_at_flag, reason_codes, reason_summaries, reason_weights, model_version, feature_layout, at,
  origin
FROM
(
  SELECT *
  FROM verdicts
  WHERE account_id = {account:String}
  ORDER BY offset DESC, policy_version DESC, stored_at DESC
  LIMIT 1 BY origin
)
ORDER BY level DESC, origin DESC
LIMIT 1
