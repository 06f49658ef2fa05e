-- Which rulings hold on these subjects of one kind?
SELECT subject_kind, subject, ruling_id, case_id, toUInt8(action), ruled_at, expires_at
FROM rulings FINAL
WHERE subject_kind = {kind:String} AND subject IN {subjects:Array(String)}
  AND version = 1 AND (expires_at IS NULL OR expires_at > fromUnixTimestamp64Milli({now:Int64}))
ORDER BY subject_kind, subject, ruled_at DESC, ruling_id DESC
LIMIT 1 BY subject_kind, subject
LIMIT {rows:UInt32}
