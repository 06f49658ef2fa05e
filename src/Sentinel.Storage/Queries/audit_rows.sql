-- What does the audit log say after a number, in order? As it is stored: a number may be here twice, or not at all.
SELECT number, at, actor, toUInt8(kind), action, subject, outcome, detail, previous, hash
FROM audit_log
WHERE number > {after:UInt64}
ORDER BY number, stored_at, hash
LIMIT {rows:UInt32}
