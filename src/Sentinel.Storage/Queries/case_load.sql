-- How much waits, and how much did each person decide since a time?
SELECT ruled_by, count() AS ruled
FROM cases FINAL
WHERE ruling != '' AND ruled_at >= fromUnixTimestamp64Milli({since:Int64})
GROUP BY ruled_by
ORDER BY ruled DESC, ruled_by
LIMIT {rows:UInt32}
