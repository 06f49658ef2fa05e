-- A verdict says which judge it comes from, and a server leaves out a block that it is sent twice.
--
-- Every migration is written for one server. On a cluster the program makes the same tables replicated and puts a
-- distributed table before each (Migrations/ClusterSql.cs); what a statement may look like is what that file knows.

-- The two judges number their offsets apart, so the origin is part of a verdict's identity.
ALTER TABLE verdicts
  ADD COLUMN IF NOT EXISTS origin Enum8('account' = 0, 'campaigns' = 1) CODEC(ZSTD(1)),
  MODIFY ORDER BY (partition, account_id, offset, policy_version, origin);

-- An insert whose answer was lost is sent again under its token; the last thousand tokens are remembered. Replicated
-- tables remember theirs in Keeper.
-- `exchanges` stays a plain MergeTree all the same. A row can be there twice only when a block of a process that died
-- arrives after its successor has looked where the log ends. Replacing would take such a row away at some later merge,
-- at the price of comparing all rows at every merge, and until then readers would have to leave it out anyway: so they
-- do (LIMIT 1 BY partition, offset), where a count of single rows matters.
ALTER TABLE exchanges MODIFY SETTING non_replicated_deduplication_window = 1000;
ALTER TABLE verdicts MODIFY SETTING non_replicated_deduplication_window = 1000;
ALTER TABLE campaigns MODIFY SETTING non_replicated_deduplication_window = 1000;
ALTER TABLE links MODIFY SETTING non_replicated_deduplication_window = 1000;
ALTER TABLE dead_letters MODIFY SETTING non_replicated_deduplication_window = 1000;
