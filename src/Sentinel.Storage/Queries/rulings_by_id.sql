-- On what is a ruling, as far as it was not withdrawn?
SELECT subject_kind, subject, ruling_id, case_id, toUInt8(action), ruled_at, expires_at
FROM rulings FINAL
WHERE ruling_id = {ruling:String} AND version = 1
ORDER BY subject_kind, subject
LIMIT {rows:UInt32}
