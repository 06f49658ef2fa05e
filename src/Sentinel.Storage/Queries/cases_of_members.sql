-- Which accounts' own cases wait, undecided, while the account is in one of these campaigns?
SELECT campaign_id, case_id
FROM
(
  SELECT case_id, subject
  FROM
  (
    SELECT case_id, subject, version, is_waiting, ruling, is_proposed, taken_over_by
    FROM cases
    WHERE kind = 'account'
      AND subject IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id IN {campaigns:Array(String)} AND merged_into = '')
    ORDER BY version DESC
    LIMIT 1 BY case_id
  )
  WHERE is_waiting AND ruling = '' AND NOT is_proposed AND taken_over_by = ''
) AS waiting
INNER JOIN
(
  SELECT campaign_id, arrayJoin(accounts) AS subject
  FROM campaigns FINAL
  WHERE campaign_id IN {campaigns:Array(String)} AND merged_into = ''
) AS members USING (subject)
ORDER BY campaign_id, case_id
LIMIT {rows:UInt32}
