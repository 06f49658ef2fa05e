-- Who holds a lease, and until when?
SELECT version, holder, until
FROM webhook_leases
WHERE name = {name:String}
ORDER BY version DESC
LIMIT 1
