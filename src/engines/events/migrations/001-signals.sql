-- Every table keeps the tokens of its last 1,000 inserts, so that a repeated batch lands once, in the table and in the
-- views that hang on it, and syncs its parts to the disk before an insert is acknowledged.

-- Spans. The columns up to Links are those of the OpenTelemetry collector's ClickHouse exporter, so that tools made for
-- its tables work on ours; the rest is lifted from the attributes, because it is asked for all the time.
CREATE TABLE IF NOT EXISTS upstack.otel_traces (
  Timestamp DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(ZSTD(1)),
  StatusCode LowCardinality(String) CODEC(ZSTD(1)),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested (
    Timestamp DateTime64(9, 'UTC'),
    Name LowCardinality(String),
    Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  Links Nested (
    TraceId String,
    SpanId String,
    TraceState String,
    Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  Unit String CODEC(ZSTD(1)),
  Run LowCardinality(String),
  Experiment LowCardinality(String),
  Arm LowCardinality(String),
  Stage UInt8,
  Exposed Bool,
  Injected LowCardinality(String),
  FaasName LowCardinality(String),
  FaasVersion LowCardinality(String),
  ColdStart Bool,
  IsError Bool,
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_duration Duration TYPE minmax GRANULARITY 1,
  INDEX idx_run Run TYPE set(64) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
TTL toDateTime(Timestamp) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;

-- Who met which arm of a run, and when first. A unit stays in the arm and stage of its first exposure's run; min makes
-- the merge independent of its order.
CREATE TABLE IF NOT EXISTS upstack.exposures (
  Run LowCardinality(String),
  Unit String,
  Experiment SimpleAggregateFunction(min, LowCardinality(String)),
  Arm SimpleAggregateFunction(min, LowCardinality(String)),
  Stage SimpleAggregateFunction(min, UInt8),
  FirstExposure SimpleAggregateFunction(min, DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (Run, Unit)
TTL toDateTime(FirstExposure) + INTERVAL 180 DAY
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS upstack.exposures_of_traces TO upstack.exposures AS
SELECT
  spans.Run AS Run,
  spans.Unit AS Unit,
  min(spans.Experiment) AS Experiment,
  min(spans.Arm) AS Arm,
  min(spans.Stage) AS Stage,
  min(spans.Timestamp) AS FirstExposure
FROM upstack.otel_traces AS spans
WHERE spans.Run != '' AND spans.Exposed
GROUP BY spans.Run, spans.Unit;

-- What people did. A message that is sent again has the same key and lands once under FINAL.
CREATE TABLE IF NOT EXISTS upstack.product_events (
  event LowCardinality(String),
  day Date,
  ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  received DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  anonymous_id String CODEC(ZSTD(1)),
  unit String CODEC(ZSTD(1)),
  message_id String CODEC(ZSTD(1)),
  type LowCardinality(String),
  properties String CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  demo Bool
)
ENGINE = ReplacingMergeTree(received)
PARTITION BY toYYYYMM(day)
ORDER BY (event, day, unit, message_id)
TTL day + INTERVAL 540 DAY
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- An anonymous visitor turned out to be this user.
CREATE TABLE IF NOT EXISTS upstack.identities (
  anonymous_id String,
  user_id String,
  first SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (anonymous_id, user_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The compute engine's report on every ended invocation.
CREATE TABLE IF NOT EXISTS upstack.invocations (
  ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  function LowCardinality(String),
  version LowCardinality(String),
  request_id String CODEC(ZSTD(1)),
  instance LowCardinality(String),
  duration_ms Float64 CODEC(ZSTD(1)),
  billed_ms Float64 CODEC(ZSTD(1)),
  memory_mb UInt32,
  max_memory_mb Float64,
  cold Bool,
  init_ms Nullable(Float64),
  status LowCardinality(String),
  -- Of the answer through a function URL; 0 for an invocation by the API.
  http_status UInt16,
  error_type LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (function, ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;

-- Lines that functions wrote.
CREATE TABLE IF NOT EXISTS upstack.logs (
  ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  function LowCardinality(String),
  version LowCardinality(String),
  instance LowCardinality(String),
  request_id String CODEC(ZSTD(1)),
  line String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (function, ts)
TTL toDateTime(ts) + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
  fsync_after_insert = 1, fsync_part_directory = 1;
