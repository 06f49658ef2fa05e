-- What did an account ask last?
SELECT
  occurred_at, score_harvest, input_tokens, output_tokens, turn, refused, excerpt
FROM exchanges
WHERE account_id = {account:String}
ORDER BY occurred_at DESC, partition, offset
LIMIT 1 BY partition, offset
LIMIT {rows:UInt32}
