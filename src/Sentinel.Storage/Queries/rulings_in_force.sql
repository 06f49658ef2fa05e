-- Which rulings hold: of a subject the latest that is not withdrawn and has not expired?
SELECT subject_kind, subject, ruling_id, case_id, toUInt8(action), ruled_at, expires_at
FROM rulings FINAL
WHERE version = 1 AND (expires_at IS NULL OR expires_at > fromUnixTimestamp64Milli({now:Int64}))
ORDER BY subject_kind, subject, ruled_at DESC, ruling_id DESC
LIMIT 1 BY subject_kind, subject
LIMIT {rows:UInt32}
