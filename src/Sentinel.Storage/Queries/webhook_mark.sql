-- How far was a target told?
SELECT number
FROM webhook_marks
WHERE target = {target:String}
ORDER BY number DESC
LIMIT 1
