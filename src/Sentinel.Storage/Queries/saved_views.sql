-- Which views did a person keep?
SELECT name, query, saved_at
FROM saved_views FINAL
WHERE owner = {owner:String} AND query != ''
ORDER BY name
LIMIT {rows:UInt32}
