-- What is known of one campaign?
SELECT
  campaign_id, version, accounts, risk, abuse_types, first_detected_at, exchanges_at_detection, exchanges, template,
  link_kinds, link_accounts, link_strengths, reason_codes, reason_summaries, reason_weights, policy_version, offset,
  at, merged_into
FROM campaigns FINAL
WHERE campaign_id = {id:String}
ORDER BY version DESC
LIMIT 1
