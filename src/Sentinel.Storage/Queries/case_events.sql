-- What happened to a case after a version, in order?
SELECT case_id, version, at, actor, change, attempt
FROM case_events
WHERE case_id = {case:String} AND version > {after:UInt32}
ORDER BY version, stored_at, attempt
LIMIT 1 BY version
LIMIT {rows:UInt32}
