-- What is a blob's newest version?
SELECT version, is_deleted, parts, length
FROM snapshot_heads FINAL
WHERE name = {name:String}
ORDER BY version DESC
LIMIT 1
