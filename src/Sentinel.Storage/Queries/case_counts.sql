-- How many cases of each stage are there?
SELECT toUInt8(stage), toUInt64(count())
FROM (SELECT stage, taken_over_by FROM cases ORDER BY version DESC LIMIT 1 BY case_id)
WHERE taken_over_by = ''
GROUP BY stage
ORDER BY stage
LIMIT 16
