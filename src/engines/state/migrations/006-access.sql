-- Tokens of named callers. Only the hash of a secret is stored.
create table tokens (
  token_id text primary key,
  name text not null,
  -- SHA-256 of the whole secret.
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- The first characters of the secret, for recognition.
  hint text not null,
  permissions text[] not null,
  created_at timestamptz(3) not null,
  created_by text not null,
  expires_at timestamptz(3) null,
  -- Written at most once a minute.
  last_used_at timestamptz(3) null,
  revoked_at timestamptz(3) null,
  revoked_by text null,
  check ((revoked_at is null) = (revoked_by is null))
);
create index tokens_by_creation on tokens (created_at desc);

-- Who did what. Every row's hash covers its fields and the hash of the row before it; sequences have no gaps.
create table audit_log (
  sequence bigint primary key,
  -- Which fields the hash covers, and how.
  format smallint not null,
  -- The row that announced what this one completes.
  attempt bigint null,
  -- Milliseconds, because the hash covers no more.
  at timestamptz(3) not null,
  caller text not null,
  caller_kind text not null,
  token_id text not null,
  door text not null,
  operation text not null,
  subject text null,
  before text null,
  after text null,
  reason text null,
  outcome text not null check (outcome in ('attempted', 'done', 'refused', 'failed')),
  error text null,
  hash bytea not null check (octet_length(hash) = 32),
  check (attempt is null or outcome <> 'attempted')
);
create unique index audit_log_by_attempt on audit_log (attempt) where attempt is not null;
create index audit_log_by_time on audit_log (at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger audit_log_is_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();

-- The end of the chain. Writers lock this row, so that they append one after another.
create table audit_head (
  only_row boolean primary key default true check (only_row),
  count bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);
insert into audit_head (count, hash) values (0, decode(repeat('00', 32), 'hex'));
