import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { until } from '../../test/until.ts';
import { openClickHouse } from '../engines/events/clickhouse.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import { type EventsTwin, startEventsTwin } from '../engines/events/twin.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { decodeMessage } from './product-events/message.ts';
import { Signals } from './store.ts';
import type { SignalRecord } from './tables.ts';
import { tracesOfObject } from './traces/otlp-json.ts';
import { spanRow } from './traces/row.ts';

let home: string;
let twin: EventsTwin;
let events: EventsEngine;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'upstack-signals-'));
  // Opened once with its migrations, then again without the wrapper, to have the child's process number.
  await (await openEvents({ url: 'embedded:', directory: join(home, 'events'), log: silentLog })).close();
  twin = await startEventsTwin(join(home, 'events'), silentLog);
  events = openClickHouse(twin);
});
after(async () => {
  await events.close();
  await twin.stop();
  await rm(home, { recursive: true, force: true });
});

let runs = 0;
const newRun = () => `run_${++runs}_${Date.now()}`;
const directoryOf = (run: string) => join(home, 'spool', run);

async function opened(t: TestContext, run: string, maxBytes?: number): Promise<Signals> {
  const signals = await Signals.open({
    events,
    directory: directoryOf(run),
    clock: systemClock,
    log: silentLog,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  t.after(() => signals.close());
  return signals;
}

function exposure(run: string, unit: string): SignalRecord {
  const nanos = `${Date.now()}000000`;
  const row = spanRow({
    environment: DEFAULT_ENVIRONMENT,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: '',
    name: 'checkout',
    kind: 'Server',
    startNanos: nanos,
    endNanos: nanos,
    resource: { 'service.name': 'shop' },
    scopeName: '',
    scopeVersion: '',
    attributes: { 'upstack.run': run, 'upstack.unit': unit, 'upstack.exposed': 'true' },
    status: 'Unset',
    statusMessage: '',
    events: [],
    links: [],
  });
  return { table: 'otel_traces', row };
}

function linked(anonymous_id: string, user_id: string, first: string): SignalRecord {
  return { table: 'identities', row: { environment: DEFAULT_ENVIRONMENT, anonymous_id, user_id, first } };
}

interface Counts {
  spans: number;
  units: number;
  exposed: number;
}

async function counts(run: string): Promise<Counts | undefined> {
  const [row] = await events.query<Counts>(
    `SELECT toUInt32(count()) AS spans, toUInt32(uniqExact(Unit)) AS units,
       (SELECT toUInt32(count()) FROM upstack.exposures FINAL WHERE Run = {run:String}) AS exposed
     FROM upstack.otel_traces WHERE Run = {run:String}`,
    { run },
  );
  return row;
}

const segments = async (run: string) =>
  (await readdir(directoryOf(run))).filter((name) => name.endsWith('.segment')).length;

test('what is appended is queryable soon, once, in the table and its view', async (t) => {
  const run = newRun();
  const signals = await opened(t, run);
  const visibleMs: number[] = [];
  for (let i = 0; i < 12; i++) {
    const since = performance.now();
    await signals.append([exposure(run, `u${i}`)]);
    await until('visibility', async () => (await counts(run))?.spans === i + 1, 10_000);
    visibleMs.push(performance.now() - since);
  }
  visibleMs.sort((a, b) => a - b);
  t.diagnostic(
    `append to queryable: median ${Math.round(visibleMs[6] as number)} ms, most ${Math.round(visibleMs[11] as number)} ms`,
  );
  // A row may be seen a moment before the view behind it is filled; once settled both are.
  await signals.settle();
  assert.deepEqual(await counts(run), { spans: 12, units: 12, exposed: 12 });
  assert.ok((visibleMs[6] as number) < 1_000, `median ${visibleMs[6]} ms`);
});

test('settle waits for everything accepted; listeners hear which tables; lag tells the truth', async (t) => {
  const run = newRun();
  const signals = await opened(t, run);
  const heard = new Set<string>();
  const stop = signals.onFlushed((tables) => {
    for (const table of tables) heard.add(table);
  });
  const link = linked(`${run}-a`, 'u', '1700000000.000');
  await signals.append([...Array.from({ length: 1_700 }, (_, i) => exposure(run, `u${i}`)), link]);
  assert.equal(signals.lag().waiting, 1_701);
  await signals.settle();
  assert.deepEqual(signals.lag(), { waiting: 0, lagMs: 0, acceptedPerSecond: 170.1, refused: 0 });
  assert.deepEqual([...heard].sort(), ['identities', 'otel_traces']);
  assert.deepEqual(await counts(run), { spans: 1_700, units: 1_700, exposed: 1_700 });
  assert.equal(await segments(run), 0);
  stop();
});

test('the engine is killed while signals come in: none is lost, none is doubled', async (t) => {
  const run = newRun();
  const signals = await opened(t, run);
  const restarts = twin.restarts();
  let sent = 0;
  const send = async () => {
    for (const end = sent + 600; sent < end; sent += 20) {
      await signals.append(Array.from({ length: 20 }, (_, i) => exposure(run, `u${sent + i}`)));
      await pause(3);
    }
  };
  for (let round = 1; round <= 2; round++) {
    await send();
    process.kill(twin.pid() as number, 'SIGKILL');
    await send();
    await until('the restart', () => twin.restarts() === restarts + round && twin.pid() !== undefined);
  }
  await signals.settle();
  assert.deepEqual(await counts(run), { spans: sent, units: sent, exposed: sent });
});

/** A control room's writer in its own process; it prints the number of each acknowledged append. */
function writer(run: string, first: number): ChildProcess {
  const here = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const script = `
    import { openClickHouse } from ${here('../engines/events/clickhouse.ts')};
    import { systemClock } from ${here('../lib/clock.ts')};
    import { silentLog } from ${here('../lib/log.ts')};
    import { Signals } from ${here('store.ts')};
    const events = openClickHouse({ endpoint: () => (${JSON.stringify(twin.endpoint())}), restarts: () => 0 });
    const signals = await Signals.open({ events, directory: ${JSON.stringify(directoryOf(run))}, clock: systemClock, log: silentLog });
    const template = ${JSON.stringify(exposure(run, 'UNIT'))};
    const record = (unit) => ({ table: template.table, row: { ...template.row, Unit: unit } });
    for (let n = ${first}; ; n++) {
      await signals.append(Array.from({ length: 7 }, (_, i) => record(n + '-' + i)));
      process.stdout.write(n + '\\n');
    }`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('the writer is killed in mid-stream, again and again: every acknowledged record is there exactly once', async (t) => {
  const run = newRun();
  const acknowledged = new Set<string>();
  for (let round = 0; round < 4; round++) {
    const child = writer(run, round * 1_000_000);
    t.after(() => child.kill('SIGKILL'));
    const ended = new Promise((resolve) => child.once('close', resolve));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (n) => acknowledged.add(n));
    const target = acknowledged.size + 60 + round * 37;
    await until('the writing', () => acknowledged.size >= target);
    child.kill('SIGKILL');
    await ended;
  }
  const signals = await opened(t, run);
  await signals.settle();
  const rows = await events.query<{ Unit: string; n: number }>(
    'SELECT Unit, toUInt32(count()) AS n FROM upstack.otel_traces WHERE Run = {run:String} GROUP BY Unit',
    { run },
  );
  const stored = new Map(rows.map(({ Unit, n }) => [Unit, n]));
  const wrong = [...acknowledged]
    .flatMap((n) => Array.from({ length: 7 }, (_, i) => `${n}-${i}`))
    .filter((unit) => stored.get(unit) !== 1);
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    rows.filter(({ n }) => n !== 1),
    [],
    'also what was not acknowledged is there at most once',
  );
  assert.equal((await counts(run))?.exposed, rows.length);
  t.diagnostic(`${acknowledged.size * 7} records acknowledged, ${rows.length} stored`);
});

test('a segment that the engine had taken before the crash is not taken twice', async (t) => {
  const run = newRun();
  // An engine that takes each batch and dies before it can say so.
  let calls = 0;
  const forgetful: EventsEngine = {
    ...events,
    async insert(batch) {
      calls++;
      await events.insert(batch);
      throw new Error('connection reset');
    },
  };
  const first = await Signals.open({
    events: forgetful,
    directory: directoryOf(run),
    clock: systemClock,
    log: silentLog,
  });
  await first.append([exposure(run, 'a'), exposure(run, 'b')]);
  await until('the first inserts', () => calls >= 2);
  await first.close();
  assert.equal(await segments(run), 1);
  const second = await opened(t, run);
  await second.settle();
  assert.deepEqual(await counts(run), { spans: 2, units: 2, exposed: 2 });
});

test('rows that the engine refuses are put aside, and what comes after them is not held up', async (t) => {
  const run = newRun();
  const signals = await opened(t, run);
  await signals.append([linked('a', 'u', 'yesterday')]);
  await signals.settle();
  assert.equal((await readdir(join(directoryOf(run), 'refused'))).length, 1);
  await signals.append([exposure(run, 'u')]);
  await signals.settle();
  assert.equal((await counts(run))?.spans, 1);
});

const LONE = 'bad\ud83d';
const REPAIRED = 'bad\ufffd';

test('half characters anywhere and impossible event times take nothing of others with them', async (t) => {
  const run = newRun();
  const signals = await opened(t, run);
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const start = `${Date.now()}000000`;
  const span = (unit: string, change: object = {}) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'checkout',
    startTimeUnixNano: start,
    endTimeUnixNano: start,
    attributes: [
      text('upstack.run', run),
      text('upstack.unit', unit),
      { key: 'upstack.exposed', value: { boolValue: true } },
    ],
    ...change,
  });
  const attributes = [...span(LONE).attributes, text(LONE, LONE), text('cut', `${'x'.repeat(16_383)}😀`)];
  const spans = [
    span('first'),
    span('far', { events: [{ name: 'e', timeUnixNano: '18446744073709551615' }] }),
    span(LONE, { name: LONE, attributes, events: [{ name: LONE, timeUnixNano: start, attributes }] }),
    span('before', { events: [{ name: 'e', timeUnixNano: '-5' }] }),
    span('timeless', { events: [{ name: 'e' }], links: [{ traceState: LONE, attributes }] }),
    span('padded', { startTimeUnixNano: `0${start}` }),
    span('late', { endTimeUnixNano: '99999999999999999999' }),
    span('last', { status: { code: 2, message: LONE } }),
  ];
  const receipt = { receivedMs: Date.now(), origin: {} };
  const decoded = tracesOfObject({ resourceSpans: [{ scopeSpans: [{ spans }] }] }, receipt);
  assert.equal(decoded.rejected, 3);
  assert.match(
    decoded.reason,
    /timeUnixNano of an event is more than an hour ahead.*30 days ago.*endTimeUnixNano/,
  );
  const message = {
    type: 'track',
    event: LONE,
    userId: run,
    properties: { [LONE]: [{ deep: LONE, kept: '\\ud83d 😀' }] },
  };
  const event = decodeMessage(message, { ...receipt, newMessageId: () => run });
  assert.ok('records' in event);
  const raw = exposure(run, `${run}${LONE}`);
  await signals.append([...decoded.records, ...event.records, raw, exposure(run, 'other')]);
  await signals.settle();
  const rows = await events.query<{ Unit: string; n: number; keys: string[] }>(
    `SELECT Unit, toUInt32(count()) AS n, arraySort(mapKeys(any(SpanAttributes))) AS keys
     FROM upstack.otel_traces WHERE Run = {run:String} GROUP BY Unit ORDER BY Unit`,
    { run },
  );
  const units = [REPAIRED, 'first', 'last', 'other', 'padded', `${run}${REPAIRED}`, 'timeless'].sort();
  assert.deepEqual(
    rows.map(({ Unit, n }) => [Unit, n]),
    units.map((unit) => [unit, 1]),
  );
  assert.ok(rows[0]?.keys.includes(REPAIRED));
  assert.deepEqual(await counts(run), { spans: 7, units: 7, exposed: 7 });
  const [times] = await events.query<{ n: number }>(
    `SELECT toUInt32(countIf(toUnixTimestamp64Nano(Timestamp) = {start:Int64}
       AND arrayAll(at -> at = Timestamp, Events.Timestamp))) AS n
     FROM upstack.otel_traces WHERE Run = {run:String}`,
    { run, start },
  );
  assert.equal(times?.n, 5);
  const [stored] = await events.query<{ event: string; deep: string; kept: string }>(
    `SELECT event, JSONExtractString(properties, {key:String}, 1, 'deep') AS deep,
       JSONExtractString(properties, {key:String}, 1, 'kept') AS kept
     FROM upstack.product_events WHERE user_id = {run:String}`,
    { run, key: REPAIRED },
  );
  assert.deepEqual(stored, { event: REPAIRED, deep: REPAIRED, kept: '\\ud83d 😀' });
  assert.deepEqual([signals.lag().refused, signals.failures()], [0, 0]);
  assert.deepEqual(await readdir(join(directoryOf(run), 'refused')), []);
});

/** The record with something that its column cannot hold. */
function broken(record: SignalRecord, column: string, value: unknown): SignalRecord {
  return { table: record.table, row: { ...record.row, [column]: value } } as SignalRecord;
}

test('of a segment, only the rows that cannot be inserted are put aside, also when it is sent twice', async (t) => {
  const run = newRun();
  const faults: [number, string, unknown][] = [
    [0, 'Timestamp', 'yesterday'],
    [333, 'Stage', 'third'],
    [334, 'Duration', { a: 1 }],
    [500, 'Events.Name', ['no time for it']],
    [501, 'SpanAttributes', 'no map'],
    [502, 'Exposed', 'perhaps'],
    [699, 'Events.Timestamp', [[1]]],
  ];
  const records = Array.from({ length: 700 }, (_, i) => exposure(run, `u${i}`));
  for (const [at, column, value] of faults) {
    records[at] = broken(records[at] as SignalRecord, column, value);
  }
  const link = linked(run, 'u', '1700000000.000');
  // The first life takes everything that lands and is stopped before it hears of the last.
  let landed = 0;
  const forgetful: EventsEngine = {
    ...events,
    async insert(batch) {
      await events.insert(batch);
      if (++landed >= 6) throw new Error('connection reset');
    },
  };
  const options = { directory: directoryOf(run), clock: systemClock, log: silentLog };
  const first = await Signals.open({ ...options, events: forgetful });
  await first.append([...records, link]);
  await until('the first inserts', () => landed >= 6);
  await first.close();
  assert.equal(await segments(run), 1);
  const signals = await opened(t, run);
  await signals.settle();
  const good = records.length - faults.length;
  assert.deepEqual(await counts(run), { spans: good, units: good, exposed: good });
  assert.deepEqual([signals.lag().refused, signals.failures()], [faults.length, faults.length]);
  const [name, ...others] = await readdir(join(directoryOf(run), 'refused'));
  assert.deepEqual(others, []);
  const lines = (await readFile(join(directoryOf(run), 'refused', name as string), 'utf8'))
    .trim()
    .split('\n');
  const aside = lines.map((line) => JSON.parse(line) as { table: string; reason: string; row: object });
  assert.deepEqual(
    aside.map(({ row }) => row),
    faults.map(([at]) => records[at]?.row),
  );
  for (const { table, reason } of aside) {
    assert.equal(table, 'otel_traces');
    assert.ok(reason.length > 10 && reason.length <= 500);
  }
  const [links] = await events.query<{ n: number }>(
    'SELECT toUInt32(count()) AS n FROM upstack.identities WHERE anonymous_id = {run:String}',
    { run },
  );
  assert.equal(links?.n, 1);
});

test('a full spool says so, with a time to come back; so does a closed one', async () => {
  const run = newRun();
  const away: EventsEngine = { ...events, insert: () => Promise.reject(new Error('away')) };
  const signals = await Signals.open({
    events: away,
    directory: directoryOf(run),
    clock: systemClock,
    log: silentLog,
    maxBytes: 5_000,
  });
  const fill = async () => {
    for (let i = 0; i < 20; i++) await signals.append([exposure(run, `u${i}`)]);
  };
  await assert.rejects(fill(), { code: 'signals.spool-full', status: 503, retryAfterSeconds: 5 });
  const { waiting, lagMs } = signals.lag();
  assert.ok(waiting > 3 && lagMs > 0);
  await signals.close();
  const before = signals.failures();
  assert.ok(before >= 1);
  await assert.rejects(signals.append([exposure(run, 'late')]), { code: 'signals.not-stored', status: 503 });
  assert.equal(signals.failures(), before + 1);
});
