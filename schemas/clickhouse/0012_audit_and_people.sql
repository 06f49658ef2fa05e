-- Who may do what, and what was done. Kept for good.

-- A chain: each row's hash is taken over the row and the hash of the row before. Of two who write the same number one is left
-- out, as with the events of cases.
CREATE TABLE IF NOT EXISTS audit_log
(
  number UInt64 CODEC(Delta, ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  actor String CODEC(ZSTD(1)),
  kind Enum8('automatic' = 0, 'manual' = 1, 'bulk' = 2, 'configuration' = 3) CODEC(ZSTD(1)),
  action LowCardinality(String) CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  outcome LowCardinality(String) CODEC(ZSTD(1)),
  detail String CODEC(ZSTD(1)),
  previous String CODEC(ZSTD(1)),
  hash String CODEC(ZSTD(1)),
  stored_at DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
-- Serves: the chain in its order, and its end.
ORDER BY number
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- People who sign in. The latest row of a person counts.
CREATE TABLE IF NOT EXISTS people
(
  person_id String CODEC(ZSTD(1)),
  version UInt32 CODEC(ZSTD(1)),
  display_name String CODEC(ZSTD(1)),
  role Enum8('viewer' = 0, 'analyst' = 1, 'lead' = 2, 'administrator' = 3) CODEC(ZSTD(1)),
  is_disabled Bool CODEC(ZSTD(1)),
  -- Salted and stretched; empty: signs in elsewhere.
  password_hash String CODEC(ZSTD(1)),
  -- Changes whenever sessions begun before must end.
  stamp UInt64 CODEC(ZSTD(1)),
  changed_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- Serves: all, which are few.
ORDER BY person_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Keys of this installation, drawn at its first start: every process that reads them understands the others' sessions.
CREATE TABLE IF NOT EXISTS install_keys
(
  name String CODEC(ZSTD(1)),
  value String CODEC(NONE),
  made_at DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(ZSTD(1))
)
ENGINE = MergeTree
-- Serves: one key by name; the first that was stored counts.
ORDER BY (name, made_at)
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;
