-- Of how many accounts is each level the last that was concluded?
SELECT last_level, count() AS accounts
FROM
(
  SELECT argMax(level, (offset, policy_version)) AS last_level
  FROM verdicts
  GROUP BY account_id
)
GROUP BY last_level
ORDER BY last_level
LIMIT 16
