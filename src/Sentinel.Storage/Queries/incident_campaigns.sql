-- Which campaigns stand that a period and a query name? The riskiest first.
SELECT campaign_id
FROM campaigns FINAL
WHERE merged_into = ''
  AND first_detected_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND first_detected_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND risk >= {risk:Float64}
  AND ({abuse:String} = '' OR arrayExists(type -> toString(type) = {abuse:String}, abuse_types))
ORDER BY risk DESC, campaign_id
LIMIT {rows:UInt32}
