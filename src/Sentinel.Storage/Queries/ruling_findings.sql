-- What do rulings say of accounts, of what was recorded since a time? The latest first, so that past the limit the oldest are
-- left out.
SELECT ruling_id, account, recorded_at, toUInt8(finding), holds_from, holds_until
FROM ruling_findings FINAL
WHERE recorded_at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY recorded_at DESC, ruling_id, account
LIMIT {rows:UInt32}
