-- What was in the latest bundle about a subject that a recipient was given?
SELECT body
FROM shared_reports FINAL
WHERE recipient = {recipient:String} AND subject = {subject:String} AND body != ''
ORDER BY shared_at DESC
LIMIT 1
