-- Outputs that come back as inputs are found by bands of sketches: of the response, and of the first message's parts.
--
-- Twenty-one keys of 64 bits a text, or none. Rows written before say that there are none, so judging them again finds what
-- it found then.
ALTER TABLE exchanges
  ADD COLUMN IF NOT EXISTS output_bands Array(UInt64) CODEC(LZ4) AFTER excerpt,
  ADD COLUMN IF NOT EXISTS material_bands Array(UInt64) CODEC(LZ4) AFTER output_bands;
