-- Of how many accounts is each level the one that holds: the stronger of the latest of each judge?
SELECT last_level, count() AS accounts
FROM
(
  SELECT max(origin_level) AS last_level
  FROM
  (
    SELECT account_id, argMax(level, (offset, policy_version)) AS origin_level
    FROM verdicts
    GROUP BY account_id, origin
  )
  GROUP BY account_id
)
GROUP BY last_level
ORDER BY last_level
LIMIT 16
