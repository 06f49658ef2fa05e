-- How the scores of accounts that were never flagged spread, by day of event time: what later days are held against. Measured anew
-- while a day is still being written, so the latest row of a day counts.
CREATE TABLE IF NOT EXISTS calibration_spreads
(
  day Date CODEC(ZSTD(1)),
  model_version LowCardinality(String) CODEC(ZSTD(1)),
  accounts UInt64 CODEC(ZSTD(1)),
  -- Scores that were given, and for each the share of an account's exchanges, added up over accounts.
  steps Array(UInt16) CODEC(ZSTD(1)),
  shares Array(Float64) CODEC(ZSTD(1)),
  measured_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(measured_at)
-- Serves: the latest days under one model.
ORDER BY (model_version, day)
TTL day + INTERVAL 60 DAY DELETE
SETTINGS index_granularity = 16;

-- What was promised: at most so much, by the classifier's reference, or as much as the days before had. Older rows are the former.
ALTER TABLE calibration_days
  ADD COLUMN IF NOT EXISTS promise Enum8('at_most' = 0, 'as_before' = 1) CODEC(ZSTD(1)) AFTER model_version,
  MODIFY ORDER BY (day, model_version, one_in, promise);
