-- What was done last, before a number?
SELECT number, at, actor, toUInt8(kind), action, subject, outcome, detail, previous, hash
FROM audit_log
WHERE number < {before:UInt64}
  AND ({actor:String} = '' OR actor = {actor:String})
  AND ({action:String} = '' OR startsWith(action, {action:String}))
  AND ({subject:String} = '' OR subject = {subject:String})
ORDER BY number DESC, stored_at, hash
LIMIT 1 BY number
LIMIT {rows:UInt32}
