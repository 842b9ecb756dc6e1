-- Queues shaped like those of Amazon SQS. What a queue is set to is read on every request, so each setting is a column.
create table queues (
  name text primary key,
  delay_seconds int not null,
  largest_message_bytes int not null,
  retention_seconds int not null,
  wait_seconds int not null,
  visibility_seconds int not null,
  -- Where a message goes that was received too often. No reference: that queue may be deleted on its own.
  dead_letter_queue text null,
  most_receives int null,
  tags jsonb not null default '{}',
  created_at timestamptz not null,
  modified_at timestamptz not null,
  purged_at timestamptz null,
  check ((dead_letter_queue is null) = (most_receives is null))
);

create table queue_messages (
  message_id uuid primary key,
  queue text not null references queues on delete cascade,
  -- The order of sending.
  position bigint generated always as identity,
  body text not null,
  attributes jsonb not null,
  trace_header text null,
  sent_at timestamptz not null,
  -- From when on it can be received: later than now while it is delayed or in flight.
  visible_at timestamptz not null,
  receive_count int not null default 0,
  first_received_at timestamptz null,
  -- Belongs to the last receive; an older one deletes nothing.
  receipt uuid null,
  -- The queue that gave the message up.
  dead_letter_source text null
);
create index queue_messages_by_visibility on queue_messages (queue, visible_at, position);
create index queue_messages_by_age on queue_messages (queue, sent_at);

-- Which function is invoked with the messages of which queue.
create table event_source_mappings (
  mapping_id uuid primary key,
  queue text not null,
  function_name text not null,
  -- A version or an alias; empty for the newest code.
  qualifier text not null,
  enabled boolean not null,
  batch_size int not null,
  window_seconds int not null,
  reports_failures boolean not null,
  most_concurrent int null,
  -- Patterns in the language of EventBridge, as texts.
  filters jsonb not null,
  modified_at timestamptz not null,
  unique (queue, function_name, qualifier)
);
