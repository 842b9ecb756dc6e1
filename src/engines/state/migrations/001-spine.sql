-- Runs of experiments: what was decided to be done, what came of it.
create table runs (
  run_id text primary key,
  experiment text not null,
  function_name text not null,
  definition jsonb not null,
  source text not null,
  salt text not null,
  status text not null check (status in ('running', 'ended')),
  verdict text null check (verdict in ('supported', 'refuted', 'undecided', 'invalid')),
  decision text null check (decision in ('promote', 'abort', 'conclude')),
  reason text null,
  started_at timestamptz not null,
  ended_at timestamptz null,
  started_by text not null,
  stage_started jsonb not null,
  check ((status = 'ended') = (ended_at is not null))
);
-- Two experiments on one function would disturb each other.
create unique index runs_one_running_per_function on runs (function_name) where status = 'running';
create index runs_by_start on runs (started_at desc);

-- What happened in a run, for good: rows are added and never changed.
create table journal (
  run_id text not null references runs,
  sequence int not null,
  at timestamptz not null,
  kind text not null,
  text text not null,
  detail jsonb not null default '{}',
  primary key (run_id, sequence)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger journal_is_append_only before update or delete or truncate on journal
  for each statement execute function refuse_change();

create table looks (
  run_id text not null references runs,
  sequence int not null,
  at timestamptz not null,
  look jsonb not null,
  primary key (run_id, sequence)
);

-- What was learned and stays open until a re-run passes.
create table findings (
  finding_id text primary key,
  run_id text not null references runs,
  experiment text not null,
  title text not null,
  state text not null check (state in ('open', 'fixed', 'verified', 'reopened')),
  opened_at timestamptz not null,
  closed_at timestamptz null,
  detail jsonb not null default '{}'
);
create index findings_by_experiment on findings (experiment, opened_at desc);
