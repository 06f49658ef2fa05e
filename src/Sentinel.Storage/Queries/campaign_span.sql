-- From when to when did the members of a campaign make exchanges?
SELECT count() AS made, min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM exchanges
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
LIMIT 1
