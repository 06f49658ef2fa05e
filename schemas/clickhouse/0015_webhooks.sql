-- What others are told by webhooks: how far each target was told, and what it would not take.

-- Every process that tells a target goes on after the highest number here.
CREATE TABLE IF NOT EXISTS webhook_marks
(
  target String CODEC(ZSTD(1)),
  -- Rows of the audit log up to this one are told, or are dead letters.
  number UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(number)
-- Serves: one target.
ORDER BY target
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;

-- A row for an event that a target did not take; one that was delivered later has a second row.
CREATE TABLE IF NOT EXISTS webhook_dead_letters
(
  target String CODEC(ZSTD(1)),
  number UInt64 CODEC(ZSTD(1)),
  -- 1: waits for somebody, 2: delivered since.
  version UInt8 CODEC(ZSTD(1)),
  kind LowCardinality(String) CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  reason String CODEC(ZSTD(1)),
  attempts UInt32 CODEC(ZSTD(1)),
  failed_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- Serves: those of a target, by number; a listing reads all, which the TTL bounds.
ORDER BY (target, number)
TTL toDateTime(failed_at) + INTERVAL 90 DAY DELETE
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;

-- Which process delivers: the holder of the highest version, until then. Of two who write the same version one is left
-- out, as with the events of cases; a version that was is never used again, so the last row stays.
CREATE TABLE IF NOT EXISTS webhook_leases
(
  name String CODEC(ZSTD(1)),
  version UInt64 CODEC(ZSTD(1)),
  holder String CODEC(ZSTD(1)),
  until DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- Serves: one lease.
ORDER BY name
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
