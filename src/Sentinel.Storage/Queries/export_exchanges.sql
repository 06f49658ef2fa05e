-- The metadata of every exchange of a campaign's accounts, in the order of the log; for files. No text and no excerpt.
SELECT
  occurred_at,
  if({is_csv:UInt8} AND match(account_id, '^[=+@\\t\\r\\n-]'), concat('''', account_id), account_id) AS account,
  lower(hex(model_key)) AS model,
  turn,
  sample_count,
  logprobs,
  refused,
  input_tokens AS tokens_in,
  output_tokens AS tokens_out,
  round(score_harvest / 65535, 4) AS harvest_score,
  lower(hex(frame_head_key)) AS frame
FROM exchanges
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
LIMIT {rows:UInt64}
