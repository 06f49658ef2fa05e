-- Which versions of classifiers do the verdicts on a campaign's accounts name?
SELECT DISTINCT toString(model_version) AS model
FROM verdicts
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
ORDER BY model
LIMIT 20
