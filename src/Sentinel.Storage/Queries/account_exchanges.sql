-- How many exchanges did an account make, when, of how many models, on which days, and how do their harvest scores
-- spread? One query, because finding the account's rows is what it costs. An offset counts once: see `exchanges`.
SELECT
  count() AS exchanges,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  uniqExact(model_key) AS models,
  quantilesExact(0.5, 0.9, 0.99)(score_harvest) AS harvest,
  sumMap([toDate(occurred_at)], [toUInt64(1)]) AS days
FROM
(
  SELECT occurred_at, model_key, score_harvest
  FROM exchanges
  WHERE account_id = {account:String}
  LIMIT 1 BY partition, offset
)
LIMIT 1
