-- What is a key of this installation?
SELECT value
FROM install_keys
WHERE name = {name:String}
ORDER BY made_at, value
LIMIT 1
