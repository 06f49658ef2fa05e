-- How many exchanges did an account make on each of its latest days?
SELECT toDate(occurred_at) AS day, count() AS exchanges
FROM exchanges
WHERE account_id = {account:String}
GROUP BY day
ORDER BY day DESC
LIMIT {days:UInt32}
