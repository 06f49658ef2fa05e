-- Who uses a key, and since when? The first to use it first.
SELECT account_id, min(at) AS first_used_at
FROM links
WHERE kind = {kind:String} AND key = {key:UInt64}
GROUP BY account_id
ORDER BY first_used_at, account_id
LIMIT {rows:UInt32}
