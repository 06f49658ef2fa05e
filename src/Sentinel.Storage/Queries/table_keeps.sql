-- Does a table keep its rows for as long as a clause says?
SELECT count() AS tables
FROM system.tables
WHERE database = currentDatabase() AND name = {table:String} AND position(create_table_query, {clause:String}) > 0
LIMIT 1
