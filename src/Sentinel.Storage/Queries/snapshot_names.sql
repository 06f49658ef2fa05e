-- Which blobs are there whose names begin so?
SELECT name
FROM snapshot_heads FINAL
WHERE startsWith(name, {prefix:String}) AND NOT is_deleted
ORDER BY name
LIMIT {names:UInt32}
