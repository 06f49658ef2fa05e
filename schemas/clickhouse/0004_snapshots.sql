-- What lanes remember, as named blobs of bytes, where neither a shared folder nor an object store is at hand.

-- A blob's newest version. Written last: a blob without its head is not there, and one with it is whole.
CREATE TABLE IF NOT EXISTS snapshot_heads
(
  name String CODEC(ZSTD(1)),
  version UInt64 CODEC(ZSTD(1)),
  -- The blob was deleted.
  is_deleted Bool CODEC(ZSTD(1)),
  parts UInt32 CODEC(ZSTD(1)),
  length UInt64 CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- Serves: one blob by name, and lists by prefix.
ORDER BY name
TTL stored_at + INTERVAL 30 DAY DELETE WHERE is_deleted
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100;

-- The bytes, a few MiB a row. What a newer version made useless is written again as gone and without bytes, and a merge
-- then takes the bytes away.
CREATE TABLE IF NOT EXISTS snapshot_parts
(
  name String CODEC(ZSTD(1)),
  version UInt64 CODEC(ZSTD(1)),
  part UInt32 CODEC(ZSTD(1)),
  is_gone UInt8 CODEC(ZSTD(1)),
  bytes String CODEC(LZ4),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(is_gone)
-- Serves: the parts of one version of one blob, in order. One row a granule, or reading one part would read many.
ORDER BY (name, version, part)
TTL stored_at + INTERVAL 30 DAY DELETE WHERE is_gone = 1
SETTINGS
  index_granularity = 1, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100;
