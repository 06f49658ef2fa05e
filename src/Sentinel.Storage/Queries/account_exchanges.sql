-- How many exchanges did an account make, when, of how many models, and how do their harvest scores spread?
SELECT
  count() AS exchanges,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  uniqExact(model_key) AS models,
  quantilesExact(0.5, 0.9, 0.99)(score_harvest) AS harvest
FROM exchanges
WHERE account_id = {account:String}
LIMIT 1
