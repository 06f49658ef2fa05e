-- How many accounts were first flagged on each day, by what for? One flagged for two things counts for both.
SELECT day, abuse_type, uniqCombined64Merge(accounts) AS detections
FROM detections_by_day
WHERE day >= toDate(toDateTime({from:UInt32}, 'UTC')) AND day <= toDate(toDateTime({to:UInt32}, 'UTC'))
GROUP BY day, abuse_type
ORDER BY day, abuse_type
LIMIT {rows:UInt32}
