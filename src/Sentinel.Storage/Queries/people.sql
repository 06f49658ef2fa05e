-- Who may sign in?
SELECT person_id, version, display_name, toUInt8(role), is_disabled, password_hash, stamp, changed_at
FROM people FINAL
ORDER BY person_id
LIMIT {rows:UInt32}
