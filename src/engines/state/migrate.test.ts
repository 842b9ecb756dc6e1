import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '../../lib/log.ts';
import { migrate } from './migrate.ts';
import { openPostgres, type PostgresEngine } from './postgres.ts';
import { type StateTwin, startStateTwin } from './twin.ts';

let directory: string;
let twin: StateTwin;
let engine: PostgresEngine;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-migrate-'));
  twin = await startStateTwin(directory, silentLog);
  engine = openPostgres({ connection: twin.connection, log: silentLog });
});
after(async () => {
  await engine.close();
  await twin.stop();
  await rm(directory, { recursive: true, force: true });
});

const first = { name: '001-a.sql', text: 'create table a (n int); insert into a values (1);' };
const second = { name: '002-b.sql', text: 'insert into a values (2);' };

async function rows(): Promise<number[]> {
  return (await engine.pool.query<{ n: number }>('select n from a order by n')).rows.map(({ n }) => n);
}

test('each migration is applied once, also by two control rooms at once', async () => {
  const applied = await Promise.all([migrate(engine.pool, [first]), migrate(engine.pool, [first])]);
  assert.deepEqual(applied.flat(), ['001-a.sql']);
  assert.deepEqual(await migrate(engine.pool, [first, second]), ['002-b.sql']);
  assert.deepEqual(await migrate(engine.pool, [first, second]), []);
  assert.deepEqual(await rows(), [1, 2]);
});

test('a changed migration is refused', async () => {
  await migrate(engine.pool, [first]);
  const changed = { ...first, text: `${first.text} -- better` };
  await assert.rejects(migrate(engine.pool, [changed]), {
    code: 'state.migration-changed',
    message: /001-a\.sql/,
  });
});

test('a migration that fails midway leaves nothing and is tried again', async () => {
  await migrate(engine.pool, [first, second]);
  const broken = { name: '003-c.sql', text: 'insert into a values (3); select nonsense;' };
  await assert.rejects(migrate(engine.pool, [first, second, broken]), /003-c\.sql/);
  assert.deepEqual(await rows(), [1, 2]);
  const mended = { ...broken, text: 'insert into a values (3);' };
  assert.deepEqual(await migrate(engine.pool, [first, second, mended]), ['003-c.sql']);
  assert.deepEqual(await rows(), [1, 2, 3]);
});
