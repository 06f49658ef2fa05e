-- How sure is what holds of the flagged accounts, the surest first?
SELECT argMax(origin_risk, (origin_level, origin)) AS last_risk
FROM
(
  SELECT
    account_id, origin, argMax(level, (offset, policy_version)) AS origin_level,
    argMax(risk, (offset, policy_version)) AS origin_risk
  FROM verdicts
  GROUP BY account_id, origin
)
GROUP BY account_id
HAVING toInt8(max(origin_level)) >= 2
ORDER BY last_risk DESC
LIMIT {rows:UInt32}
