-- Keys that others told of: hints with a weight and an end, never a verdict. A key that is told again is renewed.
CREATE TABLE IF NOT EXISTS imported_keys
(
  source String CODEC(ZSTD(1)),
  kind Enum8(
    'payment' = 0, 'phone' = 1, 'email_pattern' = 2, 'device' = 3, 'tls' = 4, 'address' = 5, 'template' = 6,
    'content' = 7, 'timing' = 8, 'reasoning_reference' = 9, 'recirculation' = 10, 'successor' = 11) CODEC(ZSTD(1)),
  -- Hexadecimal: 16 digits of a store's key, or 64 of its HMAC under the key that the source handed out.
  value String CODEC(ZSTD(1)),
  -- 0..1, by the source's own confidence and ours in the source.
  weight Float64 CODEC(ZSTD(1)),
  valid_until DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  imported_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(imported_at)
-- Serves: all keys of a source.
ORDER BY (source, kind, value)
TTL toDateTime(valid_until) + INTERVAL 30 DAY DELETE
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;
