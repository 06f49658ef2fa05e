-- In which hours of the day and on which days of the week does an account make its exchanges (UTC, Monday = 1)?
SELECT toDayOfWeek(occurred_at) AS weekday, toHour(occurred_at) AS hour, uniqExact(partition, offset) AS made
FROM exchanges
WHERE account_id = {account:String}
GROUP BY weekday, hour
ORDER BY weekday, hour
LIMIT 168
