-- What are the bytes of one part of one version of a blob?
SELECT bytes
FROM snapshot_parts FINAL
WHERE name = {name:String} AND version = {version:UInt64} AND part = {part:UInt32} AND is_gone = 0
LIMIT 1
