-- When did the members of a campaign make their exchanges, by the key of one kind that ties groups of them (0: none of
-- it)? A step is so many seconds. An offset counts once: see `exchanges`.
SELECT
  intDiv(toUnixTimestamp64Milli(occurred_at), 1000 * {step:UInt32}) * {step:UInt32} AS at,
  users.key AS tie,
  uniqExact(partition, offset) AS made
FROM exchanges
LEFT ANY JOIN
(
  SELECT account_id, min(key) AS key
  FROM links
  WHERE kind = CAST({kind:Int8} AS Enum8(
      'payment' = 0, 'phone' = 1, 'email_pattern' = 2, 'device' = 3, 'tls' = 4, 'address' = 5, 'template' = 6,
      'content' = 7, 'timing' = 8, 'reasoning_reference' = 9, 'recirculation' = 10, 'successor' = 11))
    AND account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
  GROUP BY account_id
) AS users USING (account_id)
WHERE account_id IN (SELECT arrayJoin(accounts) FROM campaigns FINAL WHERE campaign_id = {id:String})
GROUP BY at, tie
ORDER BY at, made DESC
LIMIT {rows:UInt32}
