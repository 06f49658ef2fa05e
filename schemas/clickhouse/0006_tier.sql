-- Which tier of the classifier an exchange's scores are of: they are evidence by that tier's own reference, also when
-- the log is judged again. What was stored before is the first tier's.
ALTER TABLE exchanges ADD COLUMN IF NOT EXISTS tier UInt8 DEFAULT 1 CODEC(LZ4);
