import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SPAN_COLUMNS, spanRow } from '../../../test/conformance/events/span-rows.ts';
import { until } from '../../../test/until.ts';
import { silentLog } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { Lifecycle } from '../../lib/process/lifecycle.ts';
import { type ClickHouseEngine, openClickHouse } from './clickhouse.ts';
import { migrate, readMigrations } from './migrate.ts';
import { type EventsTwin, startEventsTwin } from './twin.ts';

const MAX_RECOVERY_MS = 5_000;

const closing = new WeakMap<TestContext, Lifecycle>();

/** What the test opened is closed last first, the directory goes at the very end. */
function closingOf(t: TestContext): Lifecycle {
  const known = closing.get(t) ?? new Lifecycle();
  if (!closing.has(t)) t.after(() => known.close());
  closing.set(t, known);
  return known;
}

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-events-'));
  return closingOf(t).add('directory', directory, () => rm(directory, { recursive: true, force: true }));
}

async function opened(
  t: TestContext,
  directory: string,
): Promise<{ twin: EventsTwin; engine: ClickHouseEngine }> {
  const twin = await startEventsTwin(directory, silentLog);
  const engine = openClickHouse(twin);
  closingOf(t).add('twin', twin, () => twin.stop());
  closingOf(t).add('engine', engine, () => engine.close());
  return { twin, engine };
}

const migrations = () => readMigrations(join(import.meta.dirname, 'migrations'));

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const ROWS = 50;
const insertBatch = (engine: ClickHouseEngine, number: number) =>
  engine.insert({
    table: 'upstack.otel_traces',
    columns: SPAN_COLUMNS,
    rows: Array.from({ length: ROWS }, (_, i) => spanRow({ run: 'r', unit: `${number}-${i}` })),
    token: `batch-${number}`,
  });

test('kill -9 of the child under load: back within 5 s, every batch lands once in table and view', async (t) => {
  const { twin, engine } = await opened(t, await scratch(t));
  await migrate(engine, await migrations());
  const failures: unknown[] = [];
  const done = new Set<number>();
  let next = 0;
  let going = true;
  const writers = Array.from({ length: 3 }, async () => {
    while (going && !t.signal.aborted) {
      const number = next++;
      while (!done.has(number) && !t.signal.aborted) {
        await insertBatch(engine, number).then(
          () => done.add(number),
          async (error) => {
            failures.push(error);
            await pause(20);
          },
        );
      }
    }
  });
  const recoveries: number[] = [];
  for (let round = 0; round < 2; round++) {
    const before = done.size;
    await until('some batches', () => done.size > before + 10);
    const failed = failures.length;
    process.kill(twin.pid() as number, 'SIGKILL');
    await until('the outage', () => failures.length > failed, MAX_RECOVERY_MS);
    const answered = done.size;
    const since = performance.now();
    await until('the recovery', () => done.size > answered + 5, MAX_RECOVERY_MS);
    recoveries.push(Math.round(performance.now() - since));
  }
  going = false;
  await Promise.all(writers);
  t.diagnostic(`back after ${recoveries.join(' and ')} ms; ${failures.length} inserts refused meanwhile`);
  for (const error of failures) {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.code, error.status, error.retryAfterSeconds], ['events.unavailable', 503, 1]);
  }
  const [counts] = await engine.query<{ spans: number; units: number; exposed: number }>(
    `SELECT toUInt32(count()) AS spans, toUInt32(uniqExact(Unit)) AS units,
       (SELECT toUInt32(count()) FROM upstack.exposures FINAL) AS exposed FROM upstack.otel_traces`,
  );
  const all = done.size * ROWS;
  assert.deepEqual(counts, { spans: all, units: all, exposed: all });
  assert.equal((await engine.health()).restarts, 2);
});

test('a killed control room leaves no child behind, and the next one opens its data', async (t) => {
  const directory = await scratch(t);
  const script = `
    import { startEventsTwin } from ${JSON.stringify(join(import.meta.dirname, 'twin.ts'))};
    import { silentLog } from ${JSON.stringify(join(import.meta.dirname, '../../lib/log.ts'))};
    console.log((await startEventsTwin(${JSON.stringify(directory)}, silentLog)).pid());`;
  const room = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closingOf(t).add('control room', room, () => room.kill('SIGKILL'));
  const said = await new Promise<string>((resolve) => {
    createInterface({ input: room.stdout })
      .once('line', resolve)
      .once('close', () => resolve(''));
  });
  const pid = Number(said);
  assert.ok(pid > 0 && alive(pid));
  room.kill('SIGKILL');
  // Immediately, while the predecessor may still hold the lock of the directory.
  const { engine } = await opened(t, directory);
  assert.equal((await engine.health()).ok, true);
  await until('the end of the child', () => !alive(pid), MAX_RECOVERY_MS);
});

test('requests without the token get 401', async (t) => {
  const { twin } = await opened(t, await scratch(t));
  const { url, token } = twin.endpoint() as { url: string; token: string };
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const ask = (headers: Record<string, string>, path = '/?query=SELECT+1') => fetch(url + path, { headers });
  for (const path of ['/', '/ping', '/?query=SELECT+1']) {
    const refused = await ask({ 'x-clickhouse-key': `${token}x` }, path);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('x-clickhouse-exception-code'), '516');
    await refused.text();
  }
  assert.equal((await ask({})).status, 401);
  const basic = `Basic ${Buffer.from(`default:${token}`).toString('base64')}`;
  assert.equal(await (await ask({ authorization: basic })).text(), '1\n');
  assert.equal(await (await ask({ 'x-clickhouse-key': token }, '/ping')).text(), 'Ok.\n');
});

test('the HTTP interface: bodies, gzip both ways, settings, summary, errors', async (t) => {
  const { twin } = await opened(t, await scratch(t));
  const { url, token } = twin.endpoint() as { url: string; token: string };
  const ask = (query: string, init: RequestInit = {}) =>
    fetch(`${url}/?${query}`, {
      method: 'POST',
      ...init,
      headers: { 'x-clickhouse-key': token, ...(init.headers as Record<string, string>) },
    });
  const ok = async (answer: Response) => {
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return text;
  };
  await ok(await ask('', { body: 'CREATE DATABASE d ENGINE = Atomic' }));
  await ok(await ask('database=d', { body: 'CREATE TABLE n (n UInt32) ENGINE = MergeTree ORDER BY n' }));
  const inserted = await ask('database=d&query=INSERT+INTO+n+FORMAT+JSONCompactEachRow', {
    body: gzipSync('[1]\n[2]\n[3]\n'),
    headers: { 'content-encoding': 'gzip' },
  });
  await ok(inserted);
  assert.equal(JSON.parse(inserted.headers.get('x-clickhouse-summary') ?? '{}').written_rows, '3');
  assert.equal(await ok(await ask('', { body: 'SELECT sum(n) FROM d.n' })), '6\n');
  assert.equal(await ok(await ask('max_threads=1', { body: "SELECT getSetting('max_threads')" })), '1\n');
  assert.notEqual(await ok(await ask('', { body: "SELECT getSetting('max_result_rows') = 7" })), '1\n');
  const packed = await ask('enable_http_compression=1&default_format=JSONEachRow', {
    body: 'SELECT 1 AS one',
    headers: { 'accept-encoding': 'gzip' },
  });
  assert.equal(packed.headers.get('content-encoding'), 'gzip');
  assert.equal(await packed.text(), '{"one":1}\n');
  assert.equal(gunzipSync(gzipSync('x')).toString(), 'x');
  const broken = await ask('', { body: 'SELEKT 1' });
  assert.equal(broken.status, 400);
  assert.equal(broken.headers.get('x-clickhouse-exception-code'), '62');
  assert.match(await broken.text(), /^Code: 62\. DB::Exception: .*\(SYNTAX_ERROR\)/s);
  const unpacked = await ask('', { body: 'not gzip', headers: { 'content-encoding': 'gzip' } });
  assert.equal(unpacked.status, 400);
  const changing = await fetch(`${url}/?query=DROP+TABLE+d.n`, { headers: { 'x-clickhouse-key': token } });
  assert.equal(changing.status, 403, 'GET only reads');
});

test('a migration is applied once, and rejected when it was changed', async (t) => {
  const { engine } = await opened(t, await scratch(t));
  const all = await migrations();
  const names = ['001-signals.sql', '002-invocation-cost.sql', '003-environments.sql'];
  assert.deepEqual(await migrate(engine, all), names);
  assert.deepEqual(await migrate(engine, all), []);
  const changed = all.map(({ name, text }) => ({ name, text: `${text}\n-- better` }));
  await assert.rejects(migrate(engine, changed), {
    code: 'events.migration-changed',
    message: /001-signals\.sql/,
  });
});

test('an unreachable engine is a Problem', async () => {
  const engine = openClickHouse({ endpoint: () => ({ url: 'http://127.0.0.1:1' }) });
  await assert.rejects(engine.query('SELECT 1'), { code: 'events.unavailable', status: 503 });
  assert.equal((await engine.health()).ok, false);
  await engine.close();
});
