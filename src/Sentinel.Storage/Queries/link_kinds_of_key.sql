-- As what kinds of link is a key used, and by how many accounts?
SELECT kind, uniqExact(account_id) AS accounts
FROM links
WHERE key = {key:UInt64}
GROUP BY kind
ORDER BY accounts DESC, kind
LIMIT 32
