-- Which keys tie the members of a campaign, and which of them use each? The most used first.
SELECT
  kind,
  key,
  groupUniqArray({members:UInt32})(account_id) AS users
FROM links
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY kind, key
HAVING length(users) > 1
ORDER BY length(users) DESC, kind, key
LIMIT {keys:UInt32}
