-- How do the scores of accounts that were never flagged spread, on each day of which anything was written lately? An account counts
-- once however much it sends, since its exchanges depend on each other.
INSERT INTO calibration_spreads (day, model_version, accounts, steps, shares)
SELECT day, {model:String}, accounts, spread.1, spread.2
FROM
(
  SELECT day, count() AS accounts, sumMap(scored.1, arrayMap(one -> one / sent, scored.2)) AS spread
  FROM
  (
    SELECT toDate(occurred_at) AS day, account_id, count() AS sent, sumMap([score_harvest], [toUInt64(1)]) AS scored
    FROM exchanges
    WHERE tier = 1 AND stored_at >= now() - INTERVAL {days:UInt16} DAY
      AND account_id GLOBAL NOT IN (SELECT account_id FROM verdicts WHERE level IN ('suspect', 'abusive'))
    GROUP BY day, account_id
  )
  GROUP BY day
)
