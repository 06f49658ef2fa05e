-- What was given to whom? The latest first; of one recipient, or of all.
SELECT
  shared_at, share_id, recipient, toString(profile), subject, toString(format), evidence_hash, content_hash, bytes, expires_at,
  shared_by, note
FROM shared_reports FINAL
WHERE {recipient:String} = '' OR recipient = {recipient:String}
ORDER BY shared_at DESC, share_id
LIMIT {rows:UInt32}
