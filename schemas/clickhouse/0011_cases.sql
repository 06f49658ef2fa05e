-- What people decide: cases as the events that happened to them, what stands of them for the queue, and rulings as gateways
-- learn of them.

-- Nothing here is changed or removed: a case is the fold of its events. Of two who write the same version one is left out,
-- because both blocks go by one deduplication token, the case and its version; who lost reads what came in between. Should
-- both ever be here (the token of the one was forgotten), readers take the one that was stored first.
CREATE TABLE IF NOT EXISTS case_events
(
  case_id String CODEC(ZSTD(1)),
  version UInt32 CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  actor String CODEC(ZSTD(1)),
  kind LowCardinality(String) CODEC(ZSTD(1)),
  -- JSON; its form is that of the event's kind.
  change String CODEC(ZSTD(1)),
  -- Names the attempt to write: whose event it is that is here.
  attempt UInt64 CODEC(NONE),
  stored_at DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
-- Serves: one case, in order.
ORDER BY (case_id, version)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024,
  fsync_after_insert = 1, fsync_part_directory = 1;

-- What stands of each case, the newest version: written after its event, and made anew from the events when it was lost.
CREATE TABLE IF NOT EXISTS cases
(
  case_id String CODEC(ZSTD(1)),
  version UInt32 CODEC(ZSTD(1)),
  kind Enum8('campaign' = 0, 'account' = 1) CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  -- Without claims, which expire by themselves.
  stage Enum8('open' = 0, 'claimed' = 1, 'decided' = 2, 'appealed' = 3, 'reopened' = 4) CODEC(ZSTD(1)),
  -- Whether somebody has to do something: no ruling stands, or one waits for approval, or an appeal does.
  is_waiting Bool CODEC(ZSTD(1)),
  priority Float64 CODEC(ZSTD(1)),
  level Enum8('none' = 0, 'watch' = 1, 'suspect' = 2, 'abusive' = 3) CODEC(ZSTD(1)),
  risk Float64 CODEC(ZSTD(1)),
  abuse_types Array(Enum8(
    'reasoning_extraction' = 0, 'grading_harvest' = 1, 'synthetic_data' = 2, 'capability_harvest' = 3,
    'distribution_harvest' = 4, 'instruction_extraction' = 5, 'relay_harvest' = 6, 'technique_probing' = 7,
    'account_fraud' = 8)) CODEC(ZSTD(1)),
  accounts UInt32 CODEC(ZSTD(1)),
  exchanges UInt64 CODEC(ZSTD(1)),
  headline String CODEC(ZSTD(1)),
  opened_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  updated_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  -- Empty: nobody.
  claimed_by String CODEC(ZSTD(1)),
  claimed_until DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  assigned_to String CODEC(ZSTD(1)),
  tags Array(String) CODEC(ZSTD(1)),
  is_escalated Bool CODEC(ZSTD(1)),
  is_proposed Bool CODEC(ZSTD(1)),
  -- Empty: no ruling.
  ruling LowCardinality(String) CODEC(ZSTD(1)),
  ruled_by String CODEC(ZSTD(1)),
  ruled_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  ruling_reason String CODEC(ZSTD(1)),
  ruling_policy String CODEC(ZSTD(1)),
  -- Empty: it stands by itself.
  taken_over_by String CODEC(ZSTD(1)),
  stored_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(ZSTD(1)),
  INDEX by_subject subject TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(version)
-- Serves: cases by id. The queue finds its candidates by reading a few narrow columns of all and then asks for them by id,
-- hence the small granules.
ORDER BY case_id
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Rulings on what requests name, as gateways are to know them. A row a subject and ruling; one that is withdrawn has a second
-- row. Of a subject the latest that is not withdrawn holds, so that taking one back brings back the one before.
CREATE TABLE IF NOT EXISTS rulings
(
  subject_kind LowCardinality(String) CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  ruling_id String CODEC(ZSTD(1)),
  -- 1: in force, 2: withdrawn.
  version UInt8 CODEC(ZSTD(1)),
  case_id String CODEC(ZSTD(1)),
  action Enum8('allow' = 0, 'observe' = 1, 'challenge' = 2, 'throttle' = 3, 'strip_reasoning' = 4, 'block' = 5)
    CODEC(ZSTD(1)),
  ruled_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  -- NULL: for as long as it stands.
  expires_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  stored_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(ZSTD(1)),
  INDEX by_ruling ruling_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
-- Serves: the rulings on one subject; a start reads all.
ORDER BY (subject_kind, subject, ruling_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Views of the queue that people keep.
CREATE TABLE IF NOT EXISTS saved_views
(
  owner String CODEC(ZSTD(1)),
  name String CODEC(ZSTD(1)),
  -- The query part of the address; empty where the view was removed.
  query String CODEC(ZSTD(1)),
  saved_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(saved_at)
-- Serves: the views of one person.
ORDER BY (owner, name)
SETTINGS non_replicated_deduplication_window = 100;
