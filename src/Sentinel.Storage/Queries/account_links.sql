-- What keys does an account use, and how many other accounts use each?
SELECT
  kind,
  key,
  uniqExact(account_id) - 1 AS other_accounts,
  minIf(at, account_id = {account:String}) AS first_used_at
FROM links
WHERE (kind, key) IN (SELECT kind, key FROM links WHERE account_id = {account:String})
GROUP BY kind, key
ORDER BY other_accounts DESC, kind, key
LIMIT {links:UInt32}
