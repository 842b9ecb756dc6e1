import { type Kysely, type Selectable, sql } from 'kysely';
import type { StateEngine } from '../engines/state/engine.ts';
import type { Outcome } from '../findings/finding.ts';
import { type FindingTables, type Settled, settleFinding } from '../findings/store.ts';
import type { End, Run } from './definition/experiment.ts';
import { type Entry, findingEntry } from './journal.ts';
import { problem } from './problems.ts';
import { fromRow, type RunRow, type RunTables, toRow } from './run-row.ts';
import type { JournalEntry, LookView } from './schema.ts';

/** More looks than this are thinned for a reader. */
const MOST_LOOKS = 600;
const UNIQUE_VIOLATION = '23505';

export interface EndRecord {
  end: End;
  entries: readonly Entry[];
  /** The look that ended it, with its sequence, unless it is stored already. */
  look?: { sequence: number; view: LookView };
  /** What the run says about its experiment's finding. */
  outcome?: Outcome;
}

/** Runs with their journal and looks, on the state engine. Every method throws `state.unavailable` when it is down. */
export class RunStore {
  #state: StateEngine;

  constructor(state: StateEngine) {
    this.#state = state;
  }

  /** Stores a run that begins. Throws `experiments.target-busy` (409) when one is active on its function. */
  async begin(run: Run, entries: readonly Entry[]): Promise<JournalEntry[]> {
    try {
      return await this.#state.transaction<RunTables, JournalEntry[]>(async (database) => {
        await database.insertInto('runs').values(toRow(run)).execute();
        return addEntries(database, run.runId, entries, run.startedAt);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      throw await this.#busy(run.experiment.function, error);
    }
  }

  async #busy(functionName: string, cause: unknown): Promise<Error> {
    const active = (await this.running()).find(({ experiment }) => experiment.function === functionName);
    const what = active ? `${active.experiment.name} (${active.runId})` : 'another run';
    return problem(
      'target-busy',
      `${what} is active on ${functionName}: wait for its end or abort it`,
      cause,
    );
  }

  async append(runId: string, entries: readonly Entry[], at: Date): Promise<JournalEntry[]> {
    if (entries.length === 0) return [];
    return this.#state.transaction<RunTables, JournalEntry[]>((database) =>
      addEntries(database, runId, entries, at),
    );
  }

  async addLook(runId: string, sequence: number, view: LookView): Promise<void> {
    await this.#state.run<RunTables, unknown>((database) => insertLook(database, runId, sequence, view));
  }

  /**
   * Ends a run: status, journal, last look and finding, all or nothing. Returns undefined when it had ended already,
   * so that of two who end a run the first wins.
   */
  async end(
    runId: string,
    { end, entries, look, outcome }: EndRecord,
    at: Date,
  ): Promise<{ run: Run; journal: JournalEntry[]; settled: Settled | undefined } | undefined> {
    return this.#state.transaction<RunTables & FindingTables, Awaited<ReturnType<RunStore['end']>>>(
      async (database) => {
        const row = await database
          .updateTable('runs')
          .set({ status: 'ended', ended_at: at, ...end })
          .where('run_id', '=', runId)
          .where('status', '=', 'running')
          .returningAll()
          .executeTakeFirst();
        if (!row) return undefined;
        const runs = database as unknown as Kysely<RunTables>;
        if (look) await insertLook(runs, runId, look.sequence, look.view);
        const settled =
          outcome && (await settleFinding(database as unknown as Kysely<FindingTables>, outcome, at));
        const all = settled ? [...entries, findingEntry(settled.change, settled.findingId)] : entries;
        return { run: fromRow(row), journal: await addEntries(runs, runId, all, at), settled };
      },
    );
  }

  /** Newest first, at most `limit`. */
  async list(limit = 200): Promise<Run[]> {
    const rows = await this.#state.run<RunTables, RunRow[]>((database) =>
      database.selectFrom('runs').selectAll().orderBy('started_at', 'desc').limit(limit).execute(),
    );
    return rows.map(fromRow);
  }

  async running(): Promise<Run[]> {
    const rows = await this.#state.run<RunTables, RunRow[]>((database) =>
      database.selectFrom('runs').selectAll().where('status', '=', 'running').execute(),
    );
    return rows.map(fromRow);
  }

  /** Throws `experiments.no-such-run` (404). */
  async get(runId: string): Promise<Run> {
    const row = await this.#state.run<RunTables, RunRow | undefined>((database) =>
      database.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst(),
    );
    if (!row)
      throw problem(
        'no-such-run',
        `there is no run ${runId}: "upstack experiment list" shows those there are`,
      );
    return fromRow(row);
  }

  async journal(runId: string): Promise<JournalEntry[]> {
    const rows = await this.#state.run<RunTables, Selectable<RunTables['journal']>[]>((database) =>
      database.selectFrom('journal').selectAll().where('run_id', '=', runId).orderBy('sequence').execute(),
    );
    return rows.map(({ sequence, at, kind, text, detail }) => ({
      sequence,
      at: at.toISOString(),
      kind,
      text,
      detail,
    }));
  }

  /** Looks in their order, every n-th of them when there are more than 600; the last one is always there. */
  async looks(runId: string): Promise<LookView[]> {
    const rows = await this.#state.run<RunTables, { look: LookView }[]>(async (database) => {
      const { count } = await database
        .selectFrom('looks')
        .select((column) => column.fn.countAll<number>().as('count'))
        .where('run_id', '=', runId)
        .executeTakeFirstOrThrow();
      const every = Math.max(1, Math.ceil(count / (MOST_LOOKS - 1)));
      return database
        .with('numbered', (inner) =>
          inner
            .selectFrom('looks')
            .select(({ fn }) => [
              'sequence',
              'look',
              fn
                .agg<number>('row_number')
                .over((o) => o.orderBy('sequence', 'desc'))
                .as('back'),
            ])
            .where('run_id', '=', runId),
        )
        .selectFrom('numbered')
        .select('look')
        .where(sql<boolean>`(back - 1) % ${sql.lit(every)} = 0`)
        .orderBy('sequence')
        .execute();
    });
    return rows.map(({ look }) => look);
  }
}

async function addEntries(
  database: Kysely<RunTables>,
  runId: string,
  entries: readonly Entry[],
  at: Date,
): Promise<JournalEntry[]> {
  const { last } = await database
    .selectFrom('journal')
    .select((column) => column.fn.max('sequence').as('last'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  const added = entries.map(({ kind, text, detail = {} }, i) => ({
    sequence: (last ?? 0) + 1 + i,
    kind,
    text,
    detail,
  }));
  await database
    .insertInto('journal')
    .values(added.map((entry) => ({ run_id: runId, at, ...entry, detail: JSON.stringify(entry.detail) })))
    .execute();
  return added.map((entry) => ({ ...entry, at: at.toISOString() }));
}

function insertLook(database: Kysely<RunTables>, runId: string, sequence: number, view: LookView) {
  return database
    .insertInto('looks')
    .values({ run_id: runId, sequence, at: new Date(view.at), look: JSON.stringify(view) })
    .execute();
}
