-- Which accounts of a campaign never had a row of a ruling on it, and are not let go on by another ruling? None before the
-- ruling's own rows are there.
SELECT account
FROM (SELECT DISTINCT arrayJoin(accounts) AS account FROM campaigns FINAL WHERE campaign_id = {campaign:String})
WHERE account NOT IN (SELECT subject FROM rulings WHERE ruling_id = {ruling:String} AND subject_kind = 'account')
  AND account NOT IN
  (
    SELECT subject FROM rulings FINAL
    WHERE subject_kind = 'account' AND version = 1 AND action = 'allow'
      AND subject IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {campaign:String})
      AND (expires_at IS NULL OR expires_at > fromUnixTimestamp64Milli({now:Int64}))
  )
  AND (SELECT count() FROM rulings WHERE ruling_id = {ruling:String}) > 0
ORDER BY account
LIMIT {rows:UInt32}
