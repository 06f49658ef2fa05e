-- The log of exchanges and what the judge found in them.
--
-- Every statement can be run again: a migration that was cut off starts over from its first statement.
-- Retention counts from stored_at, the time of writing, never from event time: a replay of last year's traffic must
-- find its own log again.

-- One row an exchange: the observation as judged, so that judging the rows again in offset order gives the same
-- findings. Written by one lane a partition, each offset once. A block is one insert and so one part (stored_at is the
-- same for the whole block, so a block never spans two months): after a crash it is there whole or not at all.
-- LZ4, because most columns are hashes: ZSTD(1) took 0.4 us more a row and saved nothing.
-- The keys are 64-bit hashes, 0 for unknown; scores are steps of 1/65535, the embedding 16 signed bytes of 1/127, the
-- frame 16 little-endian UInt32 minima. Numbers are -1 and times -2^63 where the event does not say.
CREATE TABLE IF NOT EXISTS exchanges
(
  partition UInt32 CODEC(LZ4),
  offset UInt64 CODEC(Delta, LZ4),
  event_key UInt128 CODEC(NONE),
  occurred_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
  account_id String CODEC(LZ4),
  account_created_at DateTime64(3, 'UTC') CODEC(LZ4),
  org_key UInt64 CODEC(LZ4),
  plan_key UInt64 CODEC(LZ4),
  signup_route_key UInt64 CODEC(LZ4),
  email_domain_key UInt64 CODEC(LZ4),
  email_key UInt64 CODEC(LZ4),
  payment_key UInt64 CODEC(LZ4),
  phone_key UInt64 CODEC(LZ4),
  account_country_key UInt64 CODEC(LZ4),
  ip_key UInt64 CODEC(LZ4),
  ip_block_key UInt64 CODEC(LZ4),
  user_agent_key UInt64 CODEC(LZ4),
  ja4_key UInt64 CODEC(LZ4),
  device_key UInt64 CODEC(LZ4),
  model_key UInt64 CODEC(LZ4),
  turn Int32 CODEC(LZ4),
  sample_count Int32 CODEC(LZ4),
  logprobs Bool CODEC(LZ4),
  reasoning UInt8 CODEC(LZ4),
  refused Bool CODEC(LZ4),
  input_tokens Int32 CODEC(LZ4),
  output_tokens Int32 CODEC(LZ4),
  reasoning_ref_issued_key UInt64 CODEC(LZ4),
  reasoning_ref_keys Array(UInt64) CODEC(LZ4),
  content_key UInt64 CODEC(LZ4),
  frame_system_key UInt64 CODEC(LZ4),
  frame_head_key UInt64 CODEC(LZ4),
  frame_tail_key UInt64 CODEC(LZ4),
  frame_minima FixedString(64) CODEC(LZ4),
  score_harvest UInt16 CODEC(LZ4),
  score_reasoning_extraction UInt16 CODEC(LZ4),
  score_grading_harvest UInt16 CODEC(LZ4),
  score_synthetic_data UInt16 CODEC(LZ4),
  score_capability_harvest UInt16 CODEC(LZ4),
  score_distribution_harvest UInt16 CODEC(LZ4),
  score_instruction_extraction UInt16 CODEC(LZ4),
  score_technique_probing UInt16 CODEC(LZ4),
  embedding FixedString(16) CODEC(LZ4),
  excerpt String CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(LZ4),
  -- Serves: the account page: an account's exchanges lie scattered over the log. A projection sorted by account would
  -- find them faster still, but doubles what an insert and its merges cost.
  INDEX by_account account_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(stored_at)
-- Serves: recovery of a lane and backtests, which read a partition in offset order. Few partitions, many offsets.
ORDER BY (partition, offset)
TTL stored_at + INTERVAL 180 DAY DELETE
SETTINGS
  ttl_only_drop_parts = 1,
  -- Fresh parts stay compact: a handful of files to sync instead of ninety.
  min_bytes_for_wide_part = 134217728,
  -- A merge writes its rows once more, for as much as the insert had cost: few merges of many parts.
  min_parts_to_merge_at_once = 32,
  -- An acknowledged block survives a power cut: about 10 ms a block of 65,536 rows where it was measured.
  fsync_after_insert = 1,
  fsync_part_directory = 1;

-- What the machine concluded of an account, each time that it changed. Judging the same exchange again under the same
-- policy writes the same key, so writing it again replaces: readers take the last, or FINAL, and count nothing twice.
CREATE TABLE IF NOT EXISTS verdicts
(
  partition UInt32 CODEC(ZSTD(1)),
  offset UInt64 CODEC(Delta, ZSTD(1)),
  policy_version UInt32 CODEC(ZSTD(1)),
  account_id String CODEC(ZSTD(1)),
  level Enum8('none' = 0, 'watch' = 1, 'suspect' = 2, 'abusive' = 3) CODEC(ZSTD(1)),
  risk Float64 CODEC(ZSTD(1)),
  action Enum8('allow' = 0, 'observe' = 1, 'challenge' = 2, 'throttle' = 3, 'strip_reasoning' = 4, 'block' = 5)
    CODEC(ZSTD(1)),
  abuse_types Array(Enum8(
    'reasoning_extraction' = 0, 'grading_harvest' = 1, 'synthetic_data' = 2, 'capability_harvest' = 3,
    'distribution_harvest' = 4, 'instruction_extraction' = 5, 'relay_harvest' = 6, 'technique_probing' = 7,
    'account_fraud' = 8)) CODEC(ZSTD(1)),
  -- Empty: in no campaign.
  campaign_id String CODEC(ZSTD(1)),
  -- NULL: never flagged.
  first_flagged_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  exchanges_seen UInt64 CODEC(ZSTD(1)),
  exchanges_at_flag Nullable(UInt64) CODEC(ZSTD(1)),
  reason_codes Array(LowCardinality(String)) CODEC(ZSTD(1)),
  reason_summaries Array(String) CODEC(ZSTD(1)),
  reason_weights Array(Float64) CODEC(ZSTD(1)),
  model_version LowCardinality(String) CODEC(ZSTD(1)),
  feature_layout UInt16 CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- Serves: the latest verdict and the history of one account, and the latest of all. Its key is the verdict's identity.
ORDER BY (partition, account_id, offset, policy_version)
TTL stored_at + INTERVAL 400 DAY DELETE
SETTINGS min_parts_to_merge_at_once = 8, fsync_after_insert = 1, fsync_part_directory = 1;

-- Groups of accounts judged as one: the newest state of each. Earlier versions give way, because a campaign of
-- thousands of members changes thousands of times and each version lists all of them.
CREATE TABLE IF NOT EXISTS campaigns
(
  partition UInt32 CODEC(ZSTD(1)),
  campaign_id String CODEC(ZSTD(1)),
  version UInt32 CODEC(ZSTD(1)),
  accounts Array(String) CODEC(ZSTD(3)),
  risk Float64 CODEC(ZSTD(1)),
  abuse_types Array(Enum8(
    'reasoning_extraction' = 0, 'grading_harvest' = 1, 'synthetic_data' = 2, 'capability_harvest' = 3,
    'distribution_harvest' = 4, 'instruction_extraction' = 5, 'relay_harvest' = 6, 'technique_probing' = 7,
    'account_fraud' = 8)) CODEC(ZSTD(1)),
  first_detected_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  exchanges_at_detection UInt64 CODEC(ZSTD(1)),
  exchanges UInt64 CODEC(ZSTD(1)),
  -- Empty: no shared frame.
  template String CODEC(ZSTD(1)),
  link_kinds Array(Enum8(
    'payment' = 0, 'phone' = 1, 'email_pattern' = 2, 'device' = 3, 'tls' = 4, 'address' = 5, 'template' = 6,
    'content' = 7, 'timing' = 8, 'reasoning_reference' = 9, 'recirculation' = 10, 'successor' = 11)) CODEC(ZSTD(1)),
  link_accounts Array(UInt32) CODEC(ZSTD(1)),
  link_strengths Array(Float64) CODEC(ZSTD(1)),
  reason_codes Array(LowCardinality(String)) CODEC(ZSTD(1)),
  reason_summaries Array(String) CODEC(ZSTD(1)),
  reason_weights Array(Float64) CODEC(ZSTD(1)),
  policy_version UInt32 CODEC(ZSTD(1)),
  offset UInt64 CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  -- Empty: it stands.
  merged_into String CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- Serves: one campaign by id; lists read all, which are few.
ORDER BY (partition, campaign_id)
TTL stored_at + INTERVAL 400 DAY DELETE
SETTINGS min_parts_to_merge_at_once = 8, fsync_after_insert = 1, fsync_part_directory = 1;

-- An account used a linkable key for the first time.
CREATE TABLE IF NOT EXISTS links
(
  kind Enum8(
    'payment' = 0, 'phone' = 1, 'email_pattern' = 2, 'device' = 3, 'tls' = 4, 'address' = 5, 'template' = 6,
    'content' = 7, 'timing' = 8, 'reasoning_reference' = 9, 'recirculation' = 10, 'successor' = 11) CODEC(ZSTD(1)),
  key UInt64 CODEC(Delta, ZSTD(1)),
  account_id String CODEC(ZSTD(1)),
  partition UInt32 CODEC(ZSTD(1)),
  offset UInt64 CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1)),
  -- Serves: the links of one account, which lie scattered over the keys.
  INDEX by_account account_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
-- Serves: who shares a key. Twelve kinds, many keys.
ORDER BY (kind, key, account_id)
TTL stored_at + INTERVAL 400 DAY DELETE
SETTINGS min_parts_to_merge_at_once = 8, fsync_after_insert = 1, fsync_part_directory = 1;

-- Lines that could not be used. Their heads may hold customers' text, hence the short retention.
CREATE TABLE IF NOT EXISTS dead_letters
(
  source LowCardinality(String) CODEC(ZSTD(1)),
  line UInt64 CODEC(Delta, ZSTD(1)),
  byte_offset UInt64 CODEC(Delta, ZSTD(1)),
  code LowCardinality(String) CODEC(ZSTD(1)),
  detail String CODEC(ZSTD(1)),
  head String CODEC(ZSTD(1)),
  stored_at DateTime DEFAULT now() CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- Serves: the letters of one source in their order; counts by code read all.
ORDER BY (source, line, byte_offset)
TTL stored_at + INTERVAL 30 DAY DELETE
SETTINGS min_parts_to_merge_at_once = 8, fsync_after_insert = 1, fsync_part_directory = 1;
