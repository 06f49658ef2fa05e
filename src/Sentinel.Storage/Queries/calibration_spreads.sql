-- How did scores spread under this model, the latest days first?
SELECT day, accounts, steps, shares
FROM calibration_spreads FINAL
WHERE model_version = {model:String}
ORDER BY day DESC
LIMIT {rows:UInt32}
