-- What stands of these cases?
SELECT
  case_id, version, kind, subject, stage, is_waiting, priority, level, risk, abuse_types, accounts, exchanges, headline,
  opened_at, updated_at, claimed_by, claimed_until, assigned_to, tags, is_escalated, is_proposed, ruling, ruled_by, ruled_at,
  ruling_reason, ruling_policy, taken_over_by
FROM cases
WHERE case_id IN {ids:Array(String)}
ORDER BY version DESC
LIMIT 1 BY case_id
LIMIT {rows:UInt32}
