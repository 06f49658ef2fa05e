-- Which bundles was a recipient given after a moment that have not expired? In the order in which they were given.
SELECT shared_at, share_id, body
FROM shared_reports FINAL
WHERE recipient = {recipient:String}
  AND body != ''
  AND expires_at > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
  AND (shared_at, share_id) > (fromUnixTimestamp64Milli({after:Int64}, 'UTC'), {id:String})
ORDER BY shared_at, share_id
LIMIT {rows:UInt32}
