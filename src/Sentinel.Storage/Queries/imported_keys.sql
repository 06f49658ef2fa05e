-- Which keys did others tell of that still hold?
SELECT source, kind, value, weight, valid_until, imported_at
FROM imported_keys FINAL
WHERE valid_until > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
ORDER BY source, kind, value
LIMIT {rows:UInt32}
