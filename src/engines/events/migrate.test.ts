import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '../../lib/log.ts';
import { type ClickHouseEngine, openClickHouse } from './clickhouse.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { type EventsTwin, startEventsTwin } from './twin.ts';

let directory: string;
let twin: EventsTwin;
let engine: ClickHouseEngine;
let migrations: Migration[];
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-migrate-'));
  twin = await startEventsTwin(directory, silentLog);
  engine = openClickHouse(twin);
  migrations = await readMigrations(join(import.meta.dirname, 'migrations'));
});
after(async () => {
  await engine.close();
  await twin.stop();
  await rm(directory, { recursive: true });
});

const TABLES = ['otel_traces', 'exposures', 'product_events', 'identities', 'invocations', 'logs'];
const AT = `${Math.floor(Date.now() / 1000)}.000`;
const DAY = new Date().toISOString().slice(0, 10);

/** As the release before environments inserted. The same content under two tokens is two parts with equal rows. */
async function insertOld(token: string): Promise<void> {
  const insert = (table: string, columns: string[], rows: unknown[][]) =>
    engine.insert({ table: `upstack.${table}`, columns, rows, token: `${token}:${table}` });
  await insert(
    'otel_traces',
    [
      'Timestamp',
      'TraceId',
      'ServiceName',
      'SpanName',
      'Unit',
      'Run',
      'Arm',
      'Exposed',
      'Duration',
      'Events.Timestamp',
      'Events.Name',
      'Events.Attributes',
    ],
    Array.from({ length: 20 }, (_, i) => [
      AT,
      `t${i}`,
      'shop',
      'pay',
      `u${i}`,
      'run',
      'control',
      true,
      '7',
      [AT],
      ['e'],
      [{ a: 'b' }],
    ]),
  );
  const event = ['Bought', DAY, AT, AT, 'u', 'a', 'u', `${token}-m`, 'track', '{}', '', false];
  await insert(
    'product_events',
    [
      'event',
      'day',
      'ts',
      'received',
      'user_id',
      'anonymous_id',
      'unit',
      'message_id',
      'type',
      'properties',
      'trace_id',
      'demo',
    ],
    [event],
  );
  await insert('identities', ['anonymous_id', 'user_id', 'first'], [[`${token}-a`, 'u', AT]]);
  await insert('invocations', ['ts', 'function', 'duration_ms', 'status'], [[AT, 'pay', 5, 'success']]);
  await insert('logs', ['ts', 'function', 'line'], [[AT, 'pay', 'hello']]);
}

const EXPECTED = {
  otel_traces: 40,
  exposures: 20,
  product_events: 2,
  identities: 2,
  invocations: 2,
  logs: 2,
};

async function rows(where = ''): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of TABLES) {
    const final = table === 'exposures' ? 'FINAL' : '';
    const sql = `SELECT toUInt32(count()) AS n FROM upstack.${table} ${final} ${where}`;
    const [row] = await engine.query<{ n: number }>(sql);
    found[table] = row?.n ?? -1;
  }
  return found;
}

async function createStatements(): Promise<Record<string, string>> {
  const tables = await engine.query<{ name: string; create: string }>(
    `SELECT name, create_table_query AS create FROM system.tables WHERE database = 'upstack' AND name != 'migrations'`,
  );
  return Object.fromEntries(tables.map(({ name, create }) => [name, create]));
}

function withoutEnvironment(create: string): string {
  return create
    .replace(/, `environment` LowCardinality\(String\) DEFAULT 'production'/i, '')
    .replace(/ORDER BY \(environment, /i, 'ORDER BY (');
}

/** An engine that goes away after a number of statements. */
function cutShort(statements: number): ClickHouseEngine {
  let left = statements;
  return {
    ...engine,
    async command(sql) {
      if (left-- === 0) throw new Error('gone');
      await engine.command(sql);
    },
  };
}

/** Every statement of the first tables, then some of each kind. A try begins with two statements of the journal. */
const CUTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 25, 32, 38, 39];

test('an earlier release is upgraded, also when tries are cut short at any statement', async () => {
  await migrate(engine, migrations.slice(0, 2));
  await insertOld('one');
  await insertOld('two');
  assert.deepEqual(await rows(), EXPECTED);
  const before = await createStatements();
  let upgrades = 0;
  for (const statements of CUTS) {
    const attempt = migrate(cutShort(statements), migrations, async () => void upgrades++);
    await assert.rejects(attempt, { message: 'gone' });
    assert.deepEqual(await rows(), EXPECTED, `cut short after ${statements} statements`);
  }
  assert.equal(upgrades, CUTS.length, 'each try says so before it begins');
  assert.deepEqual(await migrate(engine, migrations), ['003-environments.sql']);
  assert.deepEqual(await rows("WHERE COLUMNS('(?i)^environment$') = 'production'"), EXPECTED);
  const upgraded = await createStatements();
  assert.deepEqual(Object.keys(upgraded).sort(), Object.keys(before).sort(), 'no table is left over');
  for (const table of TABLES) {
    assert.match(upgraded[table] ?? '', /ORDER BY \([Ee]nvironment, /);
    assert.equal(withoutEnvironment(upgraded[table] ?? ''), before[table], table);
  }
});

test('an upgraded table takes a batch once, and so does its view, environment by environment', async () => {
  const columns = ['Environment', 'Timestamp', 'Unit', 'Run', 'Arm', 'Exposed'];
  const span = (environment: string, arm: string) => [environment, AT, 'u0', 'run', arm, true];
  const batch = { table: 'upstack.otel_traces', columns, token: 'after' };
  for (let i = 0; i < 3; i++) {
    await engine.insert({ ...batch, rows: [span('staging', 'treatment'), span('production', 'control')] });
  }
  const counts = await engine.query(
    `SELECT Environment, toUInt32(count()) AS spans FROM upstack.otel_traces WHERE Unit = 'u0' GROUP BY Environment
     ORDER BY Environment`,
  );
  assert.deepEqual(counts, [
    { Environment: 'production', spans: 3 },
    { Environment: 'staging', spans: 1 },
  ]);
  const exposed = await engine.query(
    `SELECT Environment, Arm FROM upstack.exposures FINAL WHERE Unit = 'u0' ORDER BY Environment`,
  );
  assert.deepEqual(exposed, [
    { Environment: 'production', Arm: 'control' },
    { Environment: 'staging', Arm: 'treatment' },
  ]);
});

test('a database without data is no upgrade', async () => {
  const journal = 'DROP TABLE upstack.migrations SYNC';
  await engine.command(journal);
  await migrate(engine, migrations, () => assert.fail('there is nothing to settle'));
});
