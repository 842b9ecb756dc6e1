-- How the execution environment of an invocation was initialised, and what the invocation would cost on AWS, US dollars.
-- Invocations of before have neither.
ALTER TABLE upstack.invocations ADD COLUMN IF NOT EXISTS init_type LowCardinality(String);
ALTER TABLE upstack.invocations ADD COLUMN IF NOT EXISTS cost_usd Nullable(Float64) CODEC(ZSTD(1));
