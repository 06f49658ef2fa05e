-- What did members of a campaign ask, as it is kept: masked, and only where it looked like harvesting? One of each member.
SELECT account_id, occurred_at, score_harvest, excerpt
FROM exchanges
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
  AND excerpt != ''
ORDER BY score_harvest DESC, partition, offset
LIMIT 1 BY account_id
LIMIT {rows:UInt32}
