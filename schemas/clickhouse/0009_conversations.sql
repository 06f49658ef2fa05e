-- Which conversation an exchange belongs to, 0 for unknown: reasoning of one that comes back in another is told by it. What was
-- stored before does not say.
ALTER TABLE exchanges ADD COLUMN IF NOT EXISTS conversation_key UInt64 CODEC(LZ4);
