import type { Kysely, Selectable } from 'kysely';
import type { StateEngine } from '../../engines/state/engine.ts';
import type { AuditOutcome } from './entry.ts';
import type { AuditCall } from './schema.ts';
import type { AuditTables } from './store.ts';

/** Each field narrows the list. */
export interface CallFilter {
  caller?: string | undefined;
  operation?: string | undefined;
  outcome?: AuditOutcome | undefined;
  since?: Date | undefined;
  /** Only calls with a smaller sequence: the next page. */
  before?: number | undefined;
  limit: number;
}

/** Calls, newest first: each announcement joined with its completion. */
export async function listCalls(state: StateEngine, filter: CallFilter): Promise<AuditCall[]> {
  const rows = await state.run<AuditTables, Row[]>((database) => select(database, filter).execute());
  return rows.map(callOf);
}

/** The last sequence before the first row at or after `since`. */
export async function lastBefore(state: StateEngine, since: Date): Promise<number> {
  const row = await state.run<AuditTables, { sequence: number } | undefined>((database) =>
    database
      .selectFrom('audit_log')
      .select('sequence')
      .where('at', '>=', since)
      .orderBy('sequence')
      .limit(1)
      .executeTakeFirst(),
  );
  return row ? row.sequence - 1 : Number.MAX_SAFE_INTEGER;
}

function select(
  database: Kysely<AuditTables>,
  { caller, operation, outcome, since, before, limit }: CallFilter,
) {
  let query = database
    .selectFrom('audit_log as call')
    .leftJoin('audit_log as completion', 'completion.attempt', 'call.sequence')
    .selectAll('call')
    .select([
      'completion.at as endedAt',
      'completion.subject as endSubject',
      'completion.before as endBefore',
      'completion.after as endAfter',
      'completion.outcome as endOutcome',
      'completion.error as endError',
    ])
    .where('call.attempt', 'is', null);
  if (caller !== undefined) query = query.where('call.caller', '=', caller);
  if (operation !== undefined) query = query.where('call.operation', '=', operation);
  if (since !== undefined) query = query.where('call.at', '>=', since);
  if (before !== undefined) query = query.where('call.sequence', '<', before);
  if (outcome !== undefined)
    query = query.where(({ eb, fn }) => eb(fn.coalesce('completion.outcome', 'call.outcome'), '=', outcome));
  return query.orderBy('call.sequence', 'desc').limit(limit);
}

type Row = Selectable<AuditTables['audit_log']> & {
  endedAt: Date | null;
  endSubject: string | null;
  endBefore: string | null;
  endAfter: string | null;
  endOutcome: AuditOutcome | null;
  endError: string | null;
};

function callOf(row: Row): AuditCall {
  const refusedAtOnce = row.outcome === 'attempted' ? null : row.at;
  return {
    sequence: row.sequence,
    at: row.at.toISOString(),
    endedAt: (row.endedAt ?? refusedAtOnce)?.toISOString() ?? null,
    caller: row.caller,
    callerKind: row.caller_kind,
    tokenId: row.token_id,
    door: row.door,
    operation: row.operation,
    subject: row.endSubject ?? row.subject,
    before: row.endBefore ?? row.before,
    after: row.endAfter ?? row.after,
    reason: row.reason,
    outcome: row.endOutcome ?? row.outcome,
    error: row.endError ?? row.error,
  };
}
