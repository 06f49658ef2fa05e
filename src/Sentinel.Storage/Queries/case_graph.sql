-- Which keys do several of these accounts share, and who uses each? The most shared keys first.
SELECT kind, key, groupUniqArray({members_per_key:UInt32})(account_id) AS users, uniqExact(account_id) AS used_by
FROM links
WHERE account_id IN {accounts:Array(String)}
GROUP BY kind, key
HAVING used_by > 1
ORDER BY used_by DESC, kind, key
LIMIT {rows:UInt32}
