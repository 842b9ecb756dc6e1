import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '../../lib/log.ts';
import { migrate, readMigrations } from './migrate.ts';
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

test('each migration is applied once, also by two control rooms at the same time', async () => {
  const applied = await Promise.all([migrate(engine.pool, [first]), migrate(engine.pool, [first])]);
  assert.deepEqual(applied.flat(), ['001-a.sql']);
  assert.deepEqual(await migrate(engine.pool, [first, second]), ['002-b.sql']);
  assert.deepEqual(await migrate(engine.pool, [first, second]), []);
  assert.deepEqual(await rows(), [1, 2]);
});

test('the migrations of several directories form one sequence without duplicate numbers', async (t) => {
  const [one, other] = await Promise.all([
    mkdtemp(join(tmpdir(), 'upstack-one-')),
    mkdtemp(join(tmpdir(), 'upstack-other-')),
  ]);
  t.after(() => Promise.all([one, other].map((made) => rm(made, { recursive: true }))));
  await writeFile(join(one, '001-a.sql'), 'select 1');
  await writeFile(join(one, '003-c.sql'), 'select 3');
  await writeFile(join(other, '002-b.sql'), 'select 2');
  const read = await readMigrations([one, other]);
  assert.deepEqual(
    read.map(({ name }) => name),
    ['001-a.sql', '002-b.sql', '003-c.sql'],
  );
  await writeFile(join(other, '003-d.sql'), 'select 3');
  await assert.rejects(readMigrations([one, other]), /003-c\.sql and 003-d\.sql have the same number/);
});

test('a changed migration is rejected', async () => {
  await migrate(engine.pool, [first]);
  const changed = { ...first, text: `${first.text} -- better` };
  await assert.rejects(migrate(engine.pool, [changed]), {
    code: 'state.migration-changed',
    message: /001-a\.sql/,
  });
});

test('a migration that fails midway changes nothing and is retried', async () => {
  await migrate(engine.pool, [first, second]);
  const broken = { name: '003-c.sql', text: 'insert into a values (3); select nonsense;' };
  await assert.rejects(migrate(engine.pool, [first, second, broken]), /003-c\.sql/);
  assert.deepEqual(await rows(), [1, 2]);
  const mended = { ...broken, text: 'insert into a values (3);' };
  assert.deepEqual(await migrate(engine.pool, [first, second, mended]), ['003-c.sql']);
  assert.deepEqual(await rows(), [1, 2, 3]);
});
