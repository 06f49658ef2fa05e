-- Declared and verified workloads, as they were recorded: a row a declaration, and a row where one was withdrawn, which
-- holds at no time itself. Kept for good: what is judged again is judged under the declarations of its time.
CREATE TABLE IF NOT EXISTS workloads
(
  workload_id String CODEC(ZSTD(1)),
  recorded_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  kind Enum8(
    'evaluation_suite' = 0, 'ci_agent' = 1, 'gateway' = 2, 'grader' = 3, 'auditor' = 4, 'labelling' = 5,
    'test_data' = 6) CODEC(ZSTD(1)),
  accounts Array(String) CODEC(ZSTD(1)),
  -- Empty: none.
  organisation String CODEC(ZSTD(1)),
  models Array(String) CODEC(ZSTD(1)),
  frames Array(UInt64) CODEC(ZSTD(1)),
  -- 0: any number.
  daily_max UInt32 CODEC(ZSTD(1)),
  -- Bits in the order of the names of evidence.
  explains UInt32 CODEC(ZSTD(1)),
  vouched_by String CODEC(ZSTD(1)),
  note String CODEC(ZSTD(1)),
  valid_from DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  valid_until DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- Serves: all, which are few.
ORDER BY (workload_id, recorded_at)
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;
