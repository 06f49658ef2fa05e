-- What the console asks for over weeks, summed up as it is written: a question reads hours instead of exchanges.
--
-- Findings may be written again, so what is counted of them are different accounts or letters (uniq states, exact to
-- about half a per cent), never rows. Exchanges are written once an offset, so their rows are counted.

-- Exchanges by event hour, model and plan.
CREATE TABLE IF NOT EXISTS exchanges_by_hour
(
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  model_key UInt64 CODEC(ZSTD(1)),
  plan_key UInt64 CODEC(ZSTD(1)),
  exchanges UInt64 CODEC(ZSTD(1)),
  input_tokens UInt64 CODEC(ZSTD(1)),
  output_tokens UInt64 CODEC(ZSTD(1)),
  stored_on SimpleAggregateFunction(max, Date) CODEC(ZSTD(1))
)
ENGINE = SummingMergeTree((exchanges, input_tokens, output_tokens))
-- Serves: exchanges an hour, and models and plans a day. Every question names a range of hours.
ORDER BY (hour, model_key, plan_key)
TTL stored_on + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS exchanges_by_hour_feed TO exchanges_by_hour AS
SELECT
  toDateTime(toStartOfHour(occurred_at), 'UTC') AS hour,
  model_key,
  plan_key,
  count() AS exchanges,
  sum(toUInt64(greatest(input_tokens, 0))) AS input_tokens,
  sum(toUInt64(greatest(output_tokens, 0))) AS output_tokens,
  max(toDate(stored_at)) AS stored_on
FROM exchanges
GROUP BY hour, model_key, plan_key;

-- Accounts that had a verdict of a level, by event hour.
CREATE TABLE IF NOT EXISTS accounts_by_hour
(
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  level Enum8('none' = 0, 'watch' = 1, 'suspect' = 2, 'abusive' = 3) CODEC(ZSTD(1)),
  accounts AggregateFunction(uniqCombined64, String) CODEC(ZSTD(1)),
  stored_on SimpleAggregateFunction(max, Date) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
-- Serves: accounts an hour by level. Every question names a range of hours.
ORDER BY (hour, level)
TTL stored_on + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS accounts_by_hour_feed TO accounts_by_hour AS
SELECT
  toDateTime(toStartOfHour(at), 'UTC') AS hour,
  level,
  uniqCombined64State(account_id) AS accounts,
  max(toDate(stored_at)) AS stored_on
FROM verdicts
GROUP BY hour, level;

-- Accounts by the event day on which they were first flagged and by what for. A later verdict of an account repeats
-- the day, and may add a type.
CREATE TABLE IF NOT EXISTS detections_by_day
(
  day Date CODEC(Delta, ZSTD(1)),
  abuse_type Enum8(
    'reasoning_extraction' = 0, 'grading_harvest' = 1, 'synthetic_data' = 2, 'capability_harvest' = 3,
    'distribution_harvest' = 4, 'instruction_extraction' = 5, 'relay_harvest' = 6, 'technique_probing' = 7,
    'account_fraud' = 8) CODEC(ZSTD(1)),
  accounts AggregateFunction(uniqCombined64, String) CODEC(ZSTD(1)),
  stored_on SimpleAggregateFunction(max, Date) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
-- Serves: detections a day by type. Every question names a range of days.
ORDER BY (day, abuse_type)
TTL stored_on + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS detections_by_day_feed TO detections_by_day AS
SELECT
  toDate(assumeNotNull(first_flagged_at), 'UTC') AS day,
  arrayJoin(abuse_types) AS abuse_type,
  uniqCombined64State(account_id) AS accounts,
  max(toDate(stored_at)) AS stored_on
FROM verdicts
WHERE level >= 'suspect' AND first_flagged_at IS NOT NULL
GROUP BY day, abuse_type;

-- Lines that could not be used, by the hour in which they were put aside: they have no time of their own.
CREATE TABLE IF NOT EXISTS dead_letters_by_hour
(
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  code LowCardinality(String) CODEC(ZSTD(1)),
  letters AggregateFunction(uniqCombined64, String, UInt64, UInt64) CODEC(ZSTD(1)),
  stored_on SimpleAggregateFunction(max, Date) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
-- Serves: dead letters an hour by code. Every question names a range of hours.
ORDER BY (hour, code)
TTL stored_on + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS dead_letters_by_hour_feed TO dead_letters_by_hour AS
SELECT
  toDateTime(toStartOfHour(stored_at), 'UTC') AS hour,
  code,
  uniqCombined64State(toString(source), line, byte_offset) AS letters,
  max(toDate(stored_at)) AS stored_on
FROM dead_letters
GROUP BY hour, code;
