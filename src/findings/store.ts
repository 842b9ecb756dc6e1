import type { ColumnType, Kysely } from 'kysely';
import type { StateEngine } from '../engines/state/engine.ts';
import { newId } from '../lib/ids.ts';
import {
  changeOf,
  detailAfter,
  type Finding,
  type FindingChange,
  type FindingDetail,
  type FindingState,
  type Outcome,
  stateAfter,
} from './finding.ts';

/** The tables owned by findings. */
export interface FindingTables {
  findings: {
    finding_id: string;
    run_id: string;
    experiment: string;
    title: string;
    state: FindingState;
    opened_at: Date;
    closed_at: Date | null;
    detail: ColumnType<FindingDetail, string, string>;
  };
}

export interface Settled {
  change: FindingChange;
  findingId: string;
}

/** Every finding, newest first, at most `limit`. */
export async function listFindings(state: StateEngine, limit = 500): Promise<Finding[]> {
  const rows = await state.run<FindingTables, FindingRow[]>((database) =>
    database.selectFrom('findings').selectAll().orderBy('opened_at', 'desc').limit(limit).execute(),
  );
  return rows.map(fromRow);
}

/** The number of findings that are not verified. */
export async function countOpenFindings(state: StateEngine): Promise<number> {
  const row = await state.run<FindingTables, { count: number }>((database) =>
    database
      .selectFrom('findings')
      .select((column) => column.fn.countAll<number>().as('count'))
      .where('state', '!=', 'verified')
      .executeTakeFirstOrThrow(),
  );
  return row.count;
}

/**
 * Opens, confirms, reopens or verifies the finding of the run's experiment. Runs in the caller's transaction, so that a
 * run never ends without it. Returns the change, or undefined if there is none.
 */
export async function settleFinding(
  database: Kysely<FindingTables>,
  outcome: Outcome,
  at: Date,
): Promise<Settled | undefined> {
  const row = await database
    .selectFrom('findings')
    .selectAll()
    .where('experiment', '=', outcome.experiment)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  const latest = row && fromRow(row);
  const change = changeOf(latest, outcome);
  if (change === undefined) return undefined;
  const detail = JSON.stringify(detailAfter(latest?.detail, outcome));
  if (!latest) {
    const findingId = newId('fnd', at.getTime());
    const { runId, experiment, title } = outcome;
    await database
      .insertInto('findings')
      .values({
        finding_id: findingId,
        run_id: runId,
        experiment,
        title,
        state: 'open',
        opened_at: at,
        closed_at: null,
        detail,
      })
      .execute();
    return { change, findingId };
  }
  await database
    .updateTable('findings')
    .set({
      state: stateAfter(latest.state, change),
      closed_at: change === 'verified' ? at : null,
      detail,
    })
    .where('finding_id', '=', latest.findingId)
    .execute();
  return { change, findingId: latest.findingId };
}

type FindingRow = Omit<FindingTables['findings'], 'detail'> & { detail: FindingDetail };

function fromRow(row: FindingRow): Finding {
  return {
    findingId: row.finding_id,
    runId: row.run_id,
    experiment: row.experiment,
    title: row.title,
    state: row.state,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    detail: row.detail,
  };
}
