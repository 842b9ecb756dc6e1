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

test('looks that were stored before they told their stages are read as looks of one stage', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-runs-'));
  const twin = await startStateTwin(directory, silentLog);
  const engine = openPostgres({ connection: twin.connection, log: silentLog });
  t.after(async () => {
    await engine.close();
    await twin.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const before = [await migration('001-spine.sql')];
  await migrate(engine.pool, before);
  await engine.pool.query(
    `insert into runs (run_id, experiment, function_name, definition, source, salt, status, started_at, started_by, stage_started)
     values ('old', 'x', 'f', '{}', '', '', 'running', now(), 'ada', '[]')`,
  );
  await engine.pool.query(`insert into looks values ('old', 1, now(), $1)`, [JSON.stringify(OLD_LOOK)]);
  await migrate(engine.pool, [...before, await migration('002-look-stages.sql')]);

  const [look] = await new RunStore(engine).looks('old');
  const { metrics, sampleRatio, ...rest } = lookView.parse(look);
  assert.deepEqual([rest.at, rest.elapsedMs], [OLD_LOOK.at, OLD_LOOK.elapsedMs]);
  assert.deepEqual(
    metrics,
    OLD_LOOK.metrics.map((metric, i) => ({
      ...metric,
      reached: null,
      stages: [{ control: 100 + i, treatment: 90, share: 0.5 }],
    })),
  );
  assert.deepEqual(sampleRatio, {
    ...OLD_LOOK.sampleRatio,
    stages: [{ control: 500, treatment: 510, share: 0.5 }],
  });
});
