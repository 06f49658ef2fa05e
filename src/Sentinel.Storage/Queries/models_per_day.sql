-- How many exchanges and tokens did each model and plan have on each day?
SELECT
  toDate(hour) AS day,
  model_key,
  plan_key,
  sum(exchanges) AS day_exchanges,
  sum(input_tokens) AS day_input_tokens,
  sum(output_tokens) AS day_output_tokens
FROM exchanges_by_hour
WHERE hour >= toDateTime({from:UInt32}, 'UTC') AND hour < toDateTime({to:UInt32}, 'UTC')
GROUP BY day, model_key, plan_key
ORDER BY day, day_exchanges DESC, model_key, plan_key
LIMIT {rows:UInt32}
