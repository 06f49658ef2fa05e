-- Which campaigns stand, the newest first, after the one that the cursor names?
SELECT
  campaign_id, version, length(accounts) AS account_count, risk, abuse_types, first_detected_at,
  exchanges_at_detection, exchanges, template, link_kinds, link_accounts, link_strengths, at
FROM campaigns FINAL
WHERE merged_into = ''
  AND (
    {is_first_page:UInt8}
    OR (toUnixTimestamp64Milli(first_detected_at), campaign_id) < (reinterpretAsInt64({position:UInt64}), {id:String})
  )
ORDER BY toUnixTimestamp64Milli(first_detected_at) DESC, campaign_id DESC
LIMIT {rows:UInt32}
