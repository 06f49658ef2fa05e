-- Marks the parts of a blob's earlier versions as gone; a merge then takes their bytes away.
INSERT INTO snapshot_parts (name, version, part, is_gone, bytes)
SELECT name, version, part, 1, ''
FROM snapshot_parts FINAL
WHERE name = {name:String} AND version < {version:UInt64} AND is_gone = 0
LIMIT 100000
