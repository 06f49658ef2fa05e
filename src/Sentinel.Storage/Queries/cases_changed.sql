-- Which cases had an event from which something follows outside of them, in a span of time?
SELECT DISTINCT case_id
FROM case_events
WHERE kind IN ('ruled', 'undone', 'reopened', 'appeal_decided', 'extended', 'split')
  AND at > fromUnixTimestamp64Milli({after:Int64}) AND at <= fromUnixTimestamp64Milli({until:Int64})
ORDER BY case_id
LIMIT {rows:UInt32}
