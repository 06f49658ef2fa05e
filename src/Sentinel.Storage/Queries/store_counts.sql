-- How much does the store hold?
SELECT
  sumIf(rows, name = 'exchanges') AS exchanges,
  sumIf(rows, name = 'campaigns') AS campaigns,
  sumIf(rows, name = 'links') AS links,
  sumIf(rows, name = 'dead_letters') AS dead_letters
FROM
(
  SELECT 'exchanges' AS name, count() AS rows FROM exchanges
  UNION ALL
  SELECT 'campaigns' AS name, count() AS rows FROM campaigns FINAL WHERE merged_into = ''
  UNION ALL
  SELECT 'links' AS name, count() AS rows FROM links FINAL
  UNION ALL
  SELECT 'dead_letters' AS name, count() AS rows FROM dead_letters FINAL
)
LIMIT 1
