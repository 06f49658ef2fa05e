-- What gateways were answered: every answer but allow, and a sample of those. Written for people who ask why an account was
-- turned away; nothing is judged by it, so a row that was lost is a row that is missing and no more.
CREATE TABLE IF NOT EXISTS decisions
(
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  account_id String CODEC(ZSTD(1)),
  gateway LowCardinality(String) CODEC(ZSTD(1)),
  action Enum8('allow' = 0, 'observe' = 1, 'challenge' = 2, 'throttle' = 3, 'strip_reasoning' = 4, 'block' = 5)
    CODEC(ZSTD(1)),
  reason LowCardinality(String) CODEC(ZSTD(1)),
  decision_id String CODEC(ZSTD(1)),
  is_stale Bool CODEC(ZSTD(1)),
  -- Share of such answers that is kept: 1 / share rows stand for one that is here.
  share Float64 CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = MergeTree
-- Serves: the answers on one account, the latest first.
ORDER BY (account_id, at)
TTL stored_at + INTERVAL 90 DAY DELETE
SETTINGS non_replicated_deduplication_window = 100;
