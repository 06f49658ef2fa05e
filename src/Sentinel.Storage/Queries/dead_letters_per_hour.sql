-- How many lines could not be used in each hour, by reason?
SELECT hour, code, uniqCombined64Merge(letters) AS hour_letters
FROM dead_letters_by_hour
WHERE hour >= toDateTime({from:UInt32}, 'UTC') AND hour < toDateTime({to:UInt32}, 'UTC')
GROUP BY hour, code
ORDER BY hour, hour_letters DESC, code
LIMIT {rows:UInt32}
