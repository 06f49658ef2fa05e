-- What rulings of people say of accounts, as it was recorded: a row where a ruling on an account begins to say so, and a row
-- where it ends. Kept for good: groups that are judged again are judged under the rulings of their time.
CREATE TABLE IF NOT EXISTS ruling_findings
(
  ruling_id String CODEC(ZSTD(1)),
  account String CODEC(ZSTD(1)),
  recorded_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  finding Enum8('ended' = 0, 'innocent' = 1, 'confirmed' = 2) CODEC(ZSTD(1)),
  -- Event time at which it begins to hold, or to hold no more.
  holds_from DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  -- NULL: for as long as the ruling stands.
  holds_until Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- Serves: all at a start, then what was recorded since.
ORDER BY (recorded_at, ruling_id, account)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
