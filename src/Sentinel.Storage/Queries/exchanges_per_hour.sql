-- How many exchanges were made in each hour, and how many accounts had a verdict of each level?
SELECT
  hour,
  sum(hour_exchanges) AS exchanges,
  sum(hour_watch) AS watch,
  sum(hour_suspect) AS suspect,
  sum(hour_abusive) AS abusive
FROM
(
  SELECT
    hour, sum(exchanges) AS hour_exchanges,
    toUInt64(0) AS hour_watch, toUInt64(0) AS hour_suspect, toUInt64(0) AS hour_abusive
  FROM exchanges_by_hour
  WHERE hour >= toDateTime({from:UInt32}, 'UTC') AND hour < toDateTime({to:UInt32}, 'UTC')
  GROUP BY hour
  UNION ALL
  SELECT
    hour, toUInt64(0) AS hour_exchanges,
    uniqCombined64MergeIf(accounts, level = 'watch') AS hour_watch,
    uniqCombined64MergeIf(accounts, level = 'suspect') AS hour_suspect,
    uniqCombined64MergeIf(accounts, level = 'abusive') AS hour_abusive
  FROM accounts_by_hour
  WHERE hour >= toDateTime({from:UInt32}, 'UTC') AND hour < toDateTime({to:UInt32}, 'UTC')
  GROUP BY hour
)
GROUP BY hour
ORDER BY hour
LIMIT {rows:UInt32}
