-- Which exchanges of an account were kept with an excerpt, the latest first?
SELECT occurred_at, partition, offset, score_harvest, excerpt
FROM exchanges
WHERE account_id = {account:String} AND excerpt != ''
ORDER BY occurred_at DESC, offset DESC
LIMIT 1 BY partition, offset
LIMIT {rows:UInt32}
