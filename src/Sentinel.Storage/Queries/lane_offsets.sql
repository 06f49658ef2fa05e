-- Where does a partition's log begin and end, and which offset comes next? Verdicts count for the next one as well:
-- once retention has taken exchanges away, their offsets must still not be given a second time.
SELECT
  toUInt64(sum(first)) AS first_offset,
  toUInt64(sum(log_end)) AS end_offset,
  toUInt64(max(next)) AS next_offset
FROM
(
  SELECT min(offset) AS first, if(count() = 0, 0, max(offset) + 1) AS log_end, log_end AS next
  FROM exchanges
  WHERE partition = {partition:UInt32}
  UNION ALL
  SELECT 0 AS first, 0 AS log_end, if(count() = 0, 0, max(offset) + 1) AS next
  FROM verdicts
  WHERE partition = {partition:UInt32}
)
LIMIT 1
