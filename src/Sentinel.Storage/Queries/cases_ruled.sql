-- Which rulings stand, of those made after a time, in the order in which they were made?
SELECT
  case_id, version, kind, subject, stage, is_waiting, priority, level, risk, abuse_types, accounts, exchanges, headline,
  opened_at, updated_at, claimed_by, claimed_until, assigned_to, tags, is_escalated, is_proposed, ruling, ruled_by, ruled_at,
  ruling_reason, ruling_policy, taken_over_by
FROM cases FINAL
WHERE ruling != '' AND taken_over_by = ''
  AND (ruled_at, case_id) > (fromUnixTimestamp64Milli({after:Int64}), {id:String})
ORDER BY ruled_at, case_id
LIMIT {rows:UInt32}
