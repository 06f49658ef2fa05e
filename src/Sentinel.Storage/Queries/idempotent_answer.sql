-- What was answered under a key since a time, or that somebody is about to answer? The first claim first, its answer next.
SELECT request, attempt, status, content_type, etag, body, at
FROM idempotent_answers
WHERE key = {key:String} AND at > fromUnixTimestamp64Milli({after:Int64})
ORDER BY at, attempt, status
LIMIT {rows:UInt32}
