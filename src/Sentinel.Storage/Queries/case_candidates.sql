-- Which cases come first in the queue, after a place in it? A case may be here by an older version of it: see `cases_by_id`.
SELECT
  case_id,
  version,
  -- Stands for what the queue is ordered by: one expression alone, so that no other column is read for it.
  POSITION AS position
FROM cases
WHERE taken_over_by = ''
  AND ({waiting:UInt8} = 2 OR is_waiting = {waiting:UInt8})
  AND ({stage:String} = ''
    OR stage = {stage:String} AND ({stage:String} NOT IN ('open', 'reopened') OR claimed_until <= fromUnixTimestamp64Milli({now:Int64}))
    OR {stage:String} = 'claimed' AND claimed_until > fromUnixTimestamp64Milli({now:Int64}))
  AND ({kind:String} = '' OR kind = {kind:String})
  AND ({level:String} = '' OR level = {level:String})
  AND ({abuse:String} = '' OR has(abuse_types, {abuse:String}))
  AND ({assigned:String} = '' OR assigned_to = {assigned:String})
  AND ({claimed_by:String} = ''
    OR claimed_by = {claimed_by:String} AND claimed_until > fromUnixTimestamp64Milli({now:Int64}))
  AND ({ruled_by:String} = '' OR ruled_by = {ruled_by:String})
  AND ({tag:String} = '' OR has(tags, {tag:String}))
  AND ({proposed:UInt8} = 0 OR is_proposed)
  AND ({is_first_page:UInt8}
    OR position < reinterpretAsFloat64({position:UInt64})
    OR position = reinterpretAsFloat64({position:UInt64}) AND case_key > cityHash64({id:String}))
ORDER BY position DESC, case_key
LIMIT {rows:UInt32}
