-- What left the house: a row for every report that was given to a recipient, and what was in it where it can be fetched again
-- (STIX bundles, which the TAXII server answers with). Kept as long as findings are; what has expired is not handed out again.
CREATE TABLE IF NOT EXISTS shared_reports
(
  shared_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  share_id String CODEC(ZSTD(1)),
  recipient String CODEC(ZSTD(1)),
  profile LowCardinality(String) CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  format LowCardinality(String) CODEC(ZSTD(1)),
  evidence_hash String CODEC(ZSTD(1)),
  content_hash String CODEC(ZSTD(1)),
  bytes UInt64 CODEC(ZSTD(1)),
  expires_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  shared_by String CODEC(ZSTD(1)),
  note String CODEC(ZSTD(1)),
  -- Empty where it was handed over and nothing is fetched later.
  body String CODEC(ZSTD(3)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- Serves: what a recipient got, in its order. Few recipients.
ORDER BY (recipient, shared_at, share_id)
TTL stored_at + INTERVAL 400 DAY DELETE
SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1;
