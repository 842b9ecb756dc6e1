import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openClickHouse } from '../../engines/events/clickhouse.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { migrate, readMigrations } from '../../engines/events/migrate.ts';
import { openEvents } from '../../engines/events/open.ts';
import { startEventsTwin } from '../../engines/events/twin.ts';
import { systemClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { encodeFrame } from '../../lib/spool/frame.ts';
import { deliverSpool, Signals } from '../store.ts';

let home: string;
let events: EventsEngine;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'upstack-delivery-'));
  events = await openEvents({ url: 'embedded:', directory: join(home, 'events'), log: silentLog });
});
after(async () => {
  await events.close();
  await rm(home, { recursive: true, force: true });
});

const now = Date.now() / 1000;
const ts = now.toFixed(3);
const day = new Date(now * 1000).toISOString().slice(0, 10);
const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Rows as releases before the columns travelled along wrote them. */
const FIRST_FORM = [
  [
    'otel_traces',
    [
      `${Math.floor(now)}.000000001`,
      traceId,
      'b7ad6b7169203331',
      '',
      '',
      'checkout',
      'Server',
      'shop',
      { 'service.name': 'shop' },
      'scope',
      '1',
      { 'upstack.unit': 'u1' },
      '5',
      'Error',
      'boom',
      [`${Math.floor(now)}.000000002`],
      ['exception'],
      [{ a: 'b' }],
      [traceId],
      ['00f067aa0ba902b7'],
      [''],
      [{}],
      'u1',
      'run_old',
      'slow',
      'treatment',
      2,
      true,
      'latency',
      'cart',
      '7',
      true,
      true,
    ],
  ],
  ['product_events', ['Bought', day, ts, ts, 'u', 'a', 'u1', 'm1', 'track', '{"total":5}', traceId, false]],
  ['identities', ['a', 'u', ts]],
  ['invocations', [ts, 'cart', '7', 'r', 'i', 12.5, 13, 128, 64.5, true, null, 'error', 502, 'TypeError']],
  ['logs', [ts, 'cart', '7', 'i', 'r', 'hello']],
];

test('a spool that an earlier release left is delivered, column by column', async () => {
  const directory = join(home, 'spool');
  await mkdir(directory, { recursive: true });
  const payload = Buffer.from(JSON.stringify(FIRST_FORM));
  const frame = encodeFrame({ payload, count: FIRST_FORM.length });
  await writeFile(join(directory, 'seg_old.segment'), frame);
  const signals = await Signals.open({ events, directory, clock: systemClock, log: silentLog });
  await signals.settle();
  assert.deepEqual(signals.lag().refused, 0);
  await signals.close();
  assert.deepEqual(await readdir(directory), ['refused']);
  const one = async (sql: string) => (await events.query<Record<string, unknown>>(sql))[0];
  assert.deepEqual(
    await one(`SELECT TraceId, SpanId, SpanName, toString(Duration) AS Duration, StatusMessage, Events.Name,
      Links.SpanId, Unit, Run, Experiment, Arm, Stage, Injected, FaasName, FaasVersion, Environment
      FROM upstack.otel_traces`),
    {
      Environment: 'production',
      TraceId: traceId,
      SpanId: 'b7ad6b7169203331',
      SpanName: 'checkout',
      Duration: '5',
      StatusMessage: 'boom',
      'Events.Name': ['exception'],
      'Links.SpanId': ['00f067aa0ba902b7'],
      Unit: 'u1',
      Run: 'run_old',
      Experiment: 'slow',
      Arm: 'treatment',
      Stage: 2,
      Injected: 'latency',
      FaasName: 'cart',
      FaasVersion: '7',
    },
  );
  assert.deepEqual(await one('SELECT Unit, Arm FROM upstack.exposures'), { Unit: 'u1', Arm: 'treatment' });
  assert.deepEqual(await one('SELECT event, user_id, anonymous_id, unit FROM upstack.product_events'), {
    event: 'Bought',
    user_id: 'u',
    anonymous_id: 'a',
    unit: 'u1',
  });
  assert.deepEqual(await one('SELECT environment, anonymous_id, user_id FROM upstack.identities'), {
    environment: 'production',
    anonymous_id: 'a',
    user_id: 'u',
  });
  // Written before invocations had a price.
  assert.deepEqual(
    await one(
      'SELECT request_id, instance, billed_ms, error_type, init_type, cost_usd FROM upstack.invocations',
    ),
    {
      request_id: 'r',
      instance: 'i',
      billed_ms: 13,
      error_type: 'TypeError',
      init_type: '',
      cost_usd: null,
    },
  );
  assert.deepEqual(await one('SELECT version, instance, request_id, line FROM upstack.logs'), {
    version: '7',
    instance: 'i',
    request_id: 'r',
    line: 'hello',
  });
});

test('what an earlier release inserted and did not remove from its spool is not there twice after an upgrade', async () => {
  const [data, directory] = [join(home, 'old-events'), join(home, 'old-spool')];
  const twin = await startEventsTwin(data, silentLog);
  const old = openClickHouse(twin);
  const migrations = await readMigrations(join(import.meta.dirname, '../../engines/events/migrations'));
  await migrate(old, migrations.slice(0, 2));
  const row = [ts, 'cart', '7', 'i', 'r', 'once'];
  const columns = ['ts', 'function', 'version', 'instance', 'request_id', 'line'];
  await old.insert({ table: 'upstack.logs', columns, rows: [row], token: 'seg_a:logs' });
  await old.close();
  await twin.stop();
  await mkdir(directory, { recursive: true });
  const segment = (line: string) => {
    const payload = Buffer.from(JSON.stringify([['logs', [...row.slice(0, -1), line]]]));
    return encodeFrame({ payload, count: 1 });
  };
  await writeFile(join(directory, 'seg_a.segment'), segment('once'));
  await writeFile(join(directory, 'seg_b.segment'), segment('not yet'));

  const options = { directory, clock: systemClock, log: silentLog };
  const upgraded = await openEvents({
    url: 'embedded:',
    directory: data,
    log: silentLog,
    beforeUpgrade: (engine) => deliverSpool({ ...options, events: engine }),
  });
  const signals = await Signals.open({ ...options, events: upgraded });
  await signals.settle();
  const lines = await upgraded.query('SELECT environment, line FROM upstack.logs ORDER BY line');
  await signals.close();
  await upgraded.close();
  assert.deepEqual(lines, [
    { environment: 'production', line: 'not yet' },
    { environment: 'production', line: 'once' },
  ]);
});
