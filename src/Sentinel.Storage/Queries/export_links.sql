-- Which keys did a campaign's accounts use, and since when? For files.
SELECT
  toString(kind) AS link_kind,
  lower(hex(key)) AS link_key,
  if({is_csv:UInt8} AND match(account_id, '^[=+@\\t\\r\\n-]'), concat('''', account_id), account_id) AS account,
  min(at) AS first_at
FROM links
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY kind, key, account_id
ORDER BY kind, key, account
LIMIT {rows:UInt64}
