-- Answers that were given under an idempotency key, so that a request that is sent again is answered as before by whatever
-- process it reaches. Two rows a key: that somebody answers it, and what was answered. Kept for a day.
CREATE TABLE IF NOT EXISTS idempotent_answers
(
  -- Digest of who asked and of their key.
  key String CODEC(ZSTD(1)),
  -- Digest of the request: the same key with another request is refused.
  request String CODEC(ZSTD(1)),
  -- Names the attempt: whose the answer is to be.
  attempt UInt64 CODEC(NONE),
  -- 0: not answered yet.
  status UInt16 CODEC(ZSTD(1)),
  content_type LowCardinality(String) CODEC(ZSTD(1)),
  etag String CODEC(ZSTD(1)),
  body String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
-- Serves: one key.
ORDER BY (key, at)
TTL stored_at + INTERVAL 1 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024;

-- A page of the queue reads fifty cases of a million by their ids, all columns of each: with blocks of 64 KiB nearly all that
-- is unpacked for it is other cases'. Older parts change as they are merged.
ALTER TABLE cases MODIFY SETTING min_compress_block_size = 1024;

-- The queue's second order, of cases that are equal in the first: a number is read and compared faster than an id.
ALTER TABLE cases ADD COLUMN IF NOT EXISTS case_key UInt64 DEFAULT cityHash64(case_id) CODEC(NONE);
