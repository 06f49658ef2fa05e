-- What share of an account's exchanges scores that high, on the mean over accounts that were never flagged? An account counts
-- once however much it sends, since its exchanges depend on each other.
INSERT INTO calibration_days (day, model_version, one_in, accounts, promised, realised, error)
SELECT day, {model:String}, {one_in:UInt32}, count(), {promised:Float64}, avg(share),
  if(count() > 1, stddevSamp(share) / sqrt(count()), 1)
FROM
(
  SELECT toDate(occurred_at) AS day, account_id, countIf(score_harvest >= {steps:UInt16}) / count() AS share
  FROM exchanges
  WHERE tier = 1 AND stored_at >= now() - INTERVAL {days:UInt16} DAY
    AND account_id GLOBAL NOT IN (SELECT account_id FROM verdicts WHERE level IN ('suspect', 'abusive'))
  GROUP BY day, account_id
)
GROUP BY day
