-- Events that wait for their invocation or run. A row is deleted in the transaction that writes what follows from its
-- end. A claim names the life of the runtime that runs the event: those of a former life are void.
create table event_invocations (
  request_id text primary key,
  sequence bigint not null generated always as identity,
  function_name text not null,
  qualifier text null,
  payload bytea not null,
  trace_id text not null,
  client_context text null,
  lineage jsonb not null,
  accepted_at timestamptz not null,
  due_at timestamptz not null,
  attempts int not null default 0,
  refusals int not null default 0,
  claim text null
);
create index event_invocations_by_function on event_invocations (function_name, due_at, sequence);
create index event_invocations_by_due on event_invocations (due_at);
