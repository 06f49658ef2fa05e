-- What was promised and what came true, the latest days first?
SELECT day, model_version, promise, one_in, accounts, promised, realised, error
FROM calibration_days FINAL
ORDER BY day DESC, model_version, promise, one_in
LIMIT {rows:UInt32}
