-- Which subjects ever had a row of a ruling, withdrawn or not?
SELECT DISTINCT subject
FROM rulings
WHERE ruling_id = {ruling:String} AND subject_kind = {kind:String}
ORDER BY subject
LIMIT {rows:UInt32}
