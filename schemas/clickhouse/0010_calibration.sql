-- How often innocent-looking traffic scored as high as innocent content was said to, by day of event time: promised against
-- realised. Measured anew while a day is still being written, so the latest row of a day counts.
CREATE TABLE IF NOT EXISTS calibration_days
(
  day Date CODEC(ZSTD(1)),
  model_version LowCardinality(String) CODEC(ZSTD(1)),
  -- 1 in so many exchanges of innocents was to score at least as high.
  one_in UInt32 CODEC(ZSTD(1)),
  accounts UInt64 CODEC(ZSTD(1)),
  promised Float64 CODEC(ZSTD(1)),
  realised Float64 CODEC(ZSTD(1)),
  -- Standard error of the realised share.
  error Float64 CODEC(ZSTD(1)),
  measured_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(measured_at)
-- Serves: the latest days, which are few.
ORDER BY (day, model_version, one_in)
TTL day + INTERVAL 400 DAY DELETE;
