-- Every record belongs to an environment; what is there already, and what an earlier release left in the spool, belongs to
-- `production`. The environment comes first in each sorting key, so that a question about one reads nothing of another.
--
-- A sorting key cannot be changed at its beginning: each table is made again under another name, filled, and exchanged.
-- Nothing is inserted meanwhile. When this is cut short and repeated, what was half filled is dropped; after an exchange
-- `<table>_next` is the table of before, and to copy once more changes nothing. The copy needs the space of the largest
-- table once more. It is not deduplicated: two parts may hold the same rows, and both count.

DROP VIEW IF EXISTS upstack.exposures_of_traces SYNC;

ALTER TABLE upstack.otel_traces ADD COLUMN IF NOT EXISTS Environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.otel_traces_next SYNC;
CREATE TABLE upstack.otel_traces_next AS upstack.otel_traces
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Environment, ServiceName, SpanName, toDateTime(Timestamp))
TTL toDateTime(Timestamp) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.otel_traces_next SELECT * FROM upstack.otel_traces
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.otel_traces_next AND upstack.otel_traces;
DROP TABLE upstack.otel_traces_next SYNC;

ALTER TABLE upstack.exposures ADD COLUMN IF NOT EXISTS Environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.exposures_next SYNC;
CREATE TABLE upstack.exposures_next AS upstack.exposures
ENGINE = AggregatingMergeTree
ORDER BY (Environment, Run, Unit)
TTL toDateTime(FirstExposure) + INTERVAL 180 DAY
SETTINGS non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.exposures_next SELECT * FROM upstack.exposures
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.exposures_next AND upstack.exposures;
DROP TABLE upstack.exposures_next SYNC;

ALTER TABLE upstack.product_events ADD COLUMN IF NOT EXISTS environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.product_events_next SYNC;
CREATE TABLE upstack.product_events_next AS upstack.product_events
ENGINE = ReplacingMergeTree(received)
PARTITION BY toYYYYMM(day)
ORDER BY (environment, event, day, unit, message_id)
TTL day + INTERVAL 540 DAY
SETTINGS non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.product_events_next SELECT * FROM upstack.product_events
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.product_events_next AND upstack.product_events;
DROP TABLE upstack.product_events_next SYNC;

ALTER TABLE upstack.identities ADD COLUMN IF NOT EXISTS environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.identities_next SYNC;
CREATE TABLE upstack.identities_next AS upstack.identities
ENGINE = AggregatingMergeTree
ORDER BY (environment, anonymous_id, user_id)
SETTINGS non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.identities_next SELECT * FROM upstack.identities
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.identities_next AND upstack.identities;
DROP TABLE upstack.identities_next SYNC;

ALTER TABLE upstack.invocations ADD COLUMN IF NOT EXISTS environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.invocations_next SYNC;
CREATE TABLE upstack.invocations_next AS upstack.invocations
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (environment, function, ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.invocations_next SELECT * FROM upstack.invocations
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.invocations_next AND upstack.invocations;
DROP TABLE upstack.invocations_next SYNC;

ALTER TABLE upstack.logs ADD COLUMN IF NOT EXISTS environment LowCardinality(String) DEFAULT 'production';
DROP TABLE IF EXISTS upstack.logs_next SYNC;
CREATE TABLE upstack.logs_next AS upstack.logs
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (environment, function, ts)
TTL toDateTime(ts) + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO upstack.logs_next SELECT * FROM upstack.logs
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;
EXCHANGE TABLES upstack.logs_next AND upstack.logs;
DROP TABLE upstack.logs_next SYNC;

CREATE MATERIALIZED VIEW IF NOT EXISTS upstack.exposures_of_traces TO upstack.exposures AS
SELECT
  spans.Environment AS Environment,
  spans.Run AS Run,
  spans.Unit AS Unit,
  min(spans.Experiment) AS Experiment,
  min(spans.Arm) AS Arm,
  min(spans.Stage) AS Stage,
  min(spans.Timestamp) AS FirstExposure
FROM upstack.otel_traces AS spans
WHERE spans.Run != '' AND spans.Exposed
GROUP BY spans.Environment, spans.Run, spans.Unit;
