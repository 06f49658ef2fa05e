-- How many lines could not be used, by reason?
SELECT code, count() AS letters
FROM dead_letters FINAL
GROUP BY code
ORDER BY letters DESC, code
LIMIT {codes:UInt32}
