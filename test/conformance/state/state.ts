import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { StateEngine } from '../../../src/engines/state/engine.ts';
import { Problem } from '../../../src/lib/problem.ts';

interface Tables {
  runs: {
    run_id: string;
    experiment: string;
    function_name: string;
    definition: unknown;
    source: string;
    salt: string;
    status: string;
    verdict: string | null;
    decision: string | null;
    reason: string | null;
    started_at: Date;
    ended_at: Date | null;
    started_by: string;
    stage_started: unknown;
  };
  journal: { run_id: string; sequence: number; at: Date; kind: string; text: string; detail: unknown };
  looks: { run_id: string; sequence: number; at: Date; look: unknown };
  findings: {
    finding_id: string;
    run_id: string;
    experiment: string;
    title: string;
    state: string;
    opened_at: Date;
    closed_at: Date | null;
    detail: unknown;
  };
}

/** What every state engine must do. `open` gives one with its migrations applied. */
export function stateConformance(name: string, open: () => Promise<StateEngine>): void {
  describe(`state engine: ${name}`, () => {
    let engine: StateEngine;
    const mark = `t${Date.now().toString(36)}`;
    before(async () => {
      engine = await open();
    });
    after(async () => {
      await engine.run<Tables, void>(async (db) => {
        await sql`alter table journal disable trigger journal_is_append_only`.execute(db);
        for (const table of ['findings', 'looks', 'journal', 'runs'] as const) {
          await db.deleteFrom(table).where('run_id', 'like', `${mark}%`).execute();
        }
        await sql`alter table journal enable trigger journal_is_append_only`.execute(db);
      });
      await engine.close();
    });

    const insertRun = (id: string, functionName: string, change: Partial<Tables['runs']> = {}) =>
      engine.run<Tables, unknown>((db) =>
        db
          .insertInto('runs')
          .values(run(id, functionName, change))
          .execute(),
      );

    test('is healthy and says what it is', async () => {
      const health = await engine.health();
      assert.deepEqual({ ...health, detail: '' }, { engine: 'state', ok: true, detail: '', restarts: 0 });
      assert.match(health.detail, /^PostgreSQL \d/);
    });

    test('gives back what was stored, with its types', async () => {
      await insertRun(`${mark}-types`, `${mark}-types`);
      const [row] = await engine.run<Tables, Tables['runs'][]>((db) =>
        db.selectFrom('runs').selectAll().where('run_id', '=', `${mark}-types`).execute(),
      );
      assert.deepEqual(row, {
        ...run(`${mark}-types`, `${mark}-types`),
        definition: { hypothesis: 'ünïcode ✓', share: 0.5 },
        stage_started: ['2026-01-01'],
      });
    });

    test('counts and 64-bit integers are numbers', async () => {
      const { rows } = await engine.run((db) =>
        sql<{
          n: number;
          c: number;
        }>`select 9007199254740991::int8 as n, count(*) as c from (values (1), (2)) as v`.execute(db),
      );
      assert.deepEqual(rows, [{ n: 9007199254740991, c: 2 }]);
    });

    test('a transaction is all or nothing', async () => {
      const failing = engine.transaction<Tables, void>(async (db) => {
        await db
          .insertInto('runs')
          .values(run(`${mark}-half`, `${mark}-half`))
          .execute();
        throw new Error('stop');
      });
      await assert.rejects(failing, /stop/);
      assert.equal(await countRuns(engine, `${mark}-half`), 0);
      await engine.transaction<Tables, unknown>((db) =>
        db
          .insertInto('runs')
          .values(run(`${mark}-whole`, `${mark}-whole`))
          .execute(),
      );
      assert.equal(await countRuns(engine, `${mark}-whole`), 1);
    });

    test('a violated constraint comes through as itself, not as a Problem', async () => {
      await insertRun(`${mark}-one`, `${mark}-busy`);
      await assert.rejects(insertRun(`${mark}-two`, `${mark}-busy`), (error: Error & { code?: string }) => {
        assert.equal(error.code, '23505', 'one running run per function');
        assert.ok(!(error instanceof Problem));
        return true;
      });
      await insertRun(`${mark}-three`, `${mark}-busy`, { status: 'ended', ended_at: new Date() });
    });

    test('the journal only grows', async () => {
      await insertRun(`${mark}-journal`, `${mark}-journal`);
      const entry = {
        run_id: `${mark}-journal`,
        sequence: 1,
        at: new Date(),
        kind: 'start',
        text: 'a',
        detail: '{}',
      };
      await engine.run<Tables, unknown>((db) => db.insertInto('journal').values(entry).execute());
      const changes: ((db: Kysely<Tables>) => Promise<unknown>)[] = [
        (db) => db.updateTable('journal').set({ text: 'b' }).where('run_id', '=', entry.run_id).execute(),
        (db) => db.deleteFrom('journal').where('run_id', '=', entry.run_id).execute(),
        (db) => sql`truncate journal`.execute(db),
      ];
      for (const change of changes) await assert.rejects(engine.run(change), /append-only/);
      await assert.rejects(
        engine.run<Tables, unknown>((db) => db.insertInto('journal').values(entry).execute()),
        { code: '23505' },
      );
    });

    test('twenty statements at once are answered', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          engine.run(async (db) => (await sql<{ i: number }>`select ${i}::int as i`.execute(db)).rows[0]?.i),
        ),
      );
      assert.deepEqual(
        answers,
        Array.from({ length: 20 }, (_, i) => i),
      );
    });
  });
}

function run(id: string, functionName: string, change: Partial<Tables['runs']> = {}): Tables['runs'] {
  return {
    run_id: id,
    experiment: 'checkout-latency',
    function_name: functionName,
    definition: JSON.stringify({ hypothesis: 'ünïcode ✓', share: 0.5 }),
    source: 'yaml: text',
    salt: 'salt',
    status: 'running',
    verdict: null,
    decision: null,
    reason: null,
    started_at: new Date('2026-01-01T00:00:00.123Z'),
    ended_at: null,
    started_by: 'test',
    stage_started: JSON.stringify(['2026-01-01']),
    ...change,
  };
}

function countRuns(engine: StateEngine, id: string): Promise<number> {
  return engine.run<Tables, number>(
    async (db) => (await db.selectFrom('runs').select('run_id').where('run_id', '=', id).execute()).length,
  );
}
