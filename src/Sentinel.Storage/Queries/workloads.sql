-- Which workloads were ever declared? In the order in which they were recorded.
SELECT workload_id, recorded_at, toUInt8(kind), accounts, organisation, models, frames, daily_max, explains, vouched_by, note,
  valid_from, valid_until
FROM workloads FINAL
ORDER BY recorded_at, workload_id
LIMIT {rows:UInt32}
