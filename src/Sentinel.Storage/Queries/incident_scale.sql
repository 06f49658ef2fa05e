-- How much did a campaign's accounts do, when, and of what kind was it? One pass over its exchanges. Rows are counted: telling
-- offsets apart over tens of millions of them would take more memory than a report may.
SELECT
  count() AS exchanges,
  min(occurred_at) AS first_at,
  max(occurred_at) AS last_at,
  sum(toUInt64(greatest(input_tokens, 0))) AS tokens_in,
  sum(toUInt64(greatest(output_tokens, 0))) AS tokens_out,
  uniqExact(model_key) AS models,
  countIf(refused) AS refusals,
  [
    countIf(score_reasoning_extraction >= 32768), countIf(score_grading_harvest >= 32768),
    countIf(score_synthetic_data >= 32768), countIf(score_capability_harvest >= 32768),
    countIf(score_distribution_harvest >= 32768), countIf(score_instruction_extraction >= 32768),
    countIf(score_technique_probing >= 32768)
  ] AS kind_exchanges,
  [
    sumIf(toUInt64(greatest(output_tokens, 0)), score_reasoning_extraction >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_grading_harvest >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_synthetic_data >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_capability_harvest >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_distribution_harvest >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_instruction_extraction >= 32768),
    sumIf(toUInt64(greatest(output_tokens, 0)), score_technique_probing >= 32768)
  ] AS kind_tokens
FROM exchanges
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
LIMIT 1
