-- Of how many accounts were exchanges taken?
SELECT uniq(account_id) AS accounts
FROM exchanges
LIMIT 1
