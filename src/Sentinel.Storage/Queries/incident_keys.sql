-- What keys do several accounts of a campaign share, who else uses them, and since when? The most shared first.
WITH members AS (SELECT arrayJoin(accounts) AS account_id FROM campaigns FINAL WHERE campaign_id = {id:String})
SELECT
  kind,
  key,
  toUInt32(uniqExactIf(account_id, account_id IN members)) AS own,
  toUInt32(uniqExact(account_id)) AS all_accounts,
  minIf(at, account_id IN members) AS first_at,
  maxIf(at, account_id IN members) AS last_at,
  arraySort(groupUniqArrayIf(200)(account_id, account_id IN members)) AS named_accounts
FROM links
WHERE (kind, key) IN
(
  SELECT kind, key
  FROM links
  WHERE account_id IN members
  GROUP BY kind, key
  HAVING uniqExact(account_id) >= 2
  ORDER BY uniqExact(account_id) DESC, kind, key
  LIMIT {rows:UInt32}
)
GROUP BY kind, key
ORDER BY own DESC, kind, key
LIMIT {rows:UInt32}
