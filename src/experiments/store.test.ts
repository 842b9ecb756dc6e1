import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { migrate } from '../engines/state/migrate.ts';
import { openPostgres } from '../engines/state/postgres.ts';
import { startStateTwin } from '../engines/state/twin.ts';
import { silentLog } from '../lib/log.ts';
import { lookView } from './schema.ts';
import { RunStore } from './store.ts';

const MIGRATIONS = resolve(import.meta.dirname, '../engines/state/migrations');

async function migration(name: string) {
  return { name, text: await readFile(join(MIGRATIONS, name), 'utf8') };
}

/** A look as it was stored before looks told their stages. */
const OLD_LOOK = {
  at: '2026-01-31T12:00:00.000Z',
  elapsedMs: 60_000,
  metrics: ['conversion', 'checkout errors'].map((metric, i) => ({
    metric,
    role: i === 0 ? 'goal' : 'guardrail',
    direction: 'up',
    marginRatio: 0.9,
    control: { units: 500, events: 100 + i },
    treatment: { units: 510, events: 90 },
    ratio: 0.9,
    low: null,
    high: 1.2,
    logESupported: 1,
    logERefuted: 2,
    logEHarm: 3,
    alpha: 0.05,
    state: 'open',
  })),
  sampleRatio: { control: 500, treatment: 510, share: 0.5, logE: -2, mismatch: false },
};

/** An experiment as it was stored before metrics named their kind. */
const OLD_DEFINITION = {
  name: 'x',
  goal: { metric: { name: 'conversion', event: "It's done", withinMs: 5_000 }, marginRatio: 0.9 },
  guardrails: [
    { metric: { name: 'error-rate' }, critical: false },
    { metric: { name: 'error-rate', function: 'f' }, critical: true },
  ],
};

test('runs and looks that were stored before they told their stages and kinds are read as those of today', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-runs-'));
  const twin = await startStateTwin(directory, silentLog);
  const engine = openPostgres({ connection: twin.connection, log: silentLog });
  t.after(async () => {
    await engine.close();
    await twin.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const store = new RunStore(engine);
  const first = [await migration('001-spine.sql')];
  await migrate(engine.pool, first);
  await engine.pool.query(
    `insert into runs (run_id, experiment, function_name, definition, source, salt, status, started_at, started_by, stage_started)
     values ('old', 'x', 'f', $1, '', '', 'running', now(), 'ada', '[]')`,
    [JSON.stringify(OLD_DEFINITION)],
  );
  await engine.pool.query(`insert into looks values ('old', 1, now(), $1)`, [JSON.stringify(OLD_LOOK)]);
  const second = [...first, await migration('002-look-stages.sql')];
  await migrate(engine.pool, second);
  const reached = { elapsedMs: 1_000, logE: 3.5, stages: [{ control: 1, treatment: 0, share: 0.5 }] };
  await engine.pool.query(
    `insert into looks select 'old', 2, now(), jsonb_set(look, '{metrics,0,reached}', $1) from looks`,
    [JSON.stringify(reached)],
  );
  await migrate(engine.pool, [...second, await migration('007-kinds.sql')]);

  const { experiment } = await store.get('old');
  assert.deepEqual(experiment, {
    name: 'x',
    goal: { metric: { kind: 'conversion', event: "It's done", withinMs: 5_000 }, margin: 0.9 },
    guardrails: [
      { metric: { kind: 'error-rate' }, critical: false },
      { metric: { kind: 'error-rate', function: 'f' }, critical: true },
    ],
  });

  const looks = await store.looks('old');
  const [look, later] = looks.map((each) => lookView.parse(each));
  assert.deepEqual([look, later], looks);
  assert.deepEqual([look?.at, look?.elapsedMs], [OLD_LOOK.at, OLD_LOOK.elapsedMs]);
  const asked = (control: number, treatment: number) => ({
    calculation: 'verdict',
    input: {
      stages: [{ control, treatment, share: 0.5 }],
      direction: 'up',
      marginRatio: 0.9,
      alpha: 0.05,
    },
  });
  assert.deepEqual(
    look?.metrics,
    OLD_LOOK.metrics.map(({ marginRatio, ratio, ...metric }, i) => ({
      ...metric,
      scale: 'ratio',
      margin: marginRatio,
      point: ratio,
      control: { units: 500, events: 100 + i, value: '20%', text: `${100 + i} of 500 units` },
      treatment: { units: 510, events: 90, value: '18%', text: '90 of 510 units' },
      method: 'counts',
      question: asked(100 + i, 90),
      reached: null,
    })),
  );
  assert.deepEqual(later?.metrics[0]?.reached, { elapsedMs: 1_000, logE: 3.5, question: asked(1, 0) });
  assert.deepEqual(look?.sampleRatio, {
    ...OLD_LOOK.sampleRatio,
    stages: [{ control: 500, treatment: 510, share: 0.5 }],
  });
});
