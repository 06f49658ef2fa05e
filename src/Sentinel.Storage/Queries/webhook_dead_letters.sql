-- What would targets not take? The latest first; all, or one.
SELECT target, number, kind, subject, reason, attempts, failed_at
FROM webhook_dead_letters FINAL
WHERE version = 1 AND ({target:String} = '' OR (target = {target:String} AND number = {number:UInt64}))
ORDER BY number DESC, target
LIMIT {rows:UInt32}
