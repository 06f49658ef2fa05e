-- Which campaigns were written after a place, and stand? In the order of writing.
SELECT
  toUnixTimestamp(stored_at) AS stored, campaign_id, length(accounts) AS account_count, risk, abuse_types, first_detected_at,
  exchanges, template != '' AS has_template, version
FROM campaigns FINAL
WHERE merged_into = '' AND (toUnixTimestamp(stored_at), campaign_id) > ({after:UInt32}, {id:String})
ORDER BY stored, campaign_id
LIMIT {rows:UInt32}
