import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { until } from '../../../test/until.ts';
import { silentLog } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { Lifecycle } from '../../lib/process/lifecycle.ts';
import { postgresBinaries, serverUser } from './binaries.ts';
import type { StateEngine } from './engine.ts';
import { keepServer } from './keeper.ts';
import { openState } from './open.ts';
import { openPostgres } from './postgres.ts';
import { here, type StateTwin, startStateTwin } from './twin.ts';

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
  const directory = await mkdtemp(join(tmpdir(), 'upstack-state-'));
  return closingOf(t).add('directory', directory, () => rm(directory, { recursive: true, force: true }));
}

async function opened(t: TestContext, directory: string): Promise<{ twin: StateTwin; engine: StateEngine }> {
  const twin = await startStateTwin(directory, silentLog);
  const engine = openPostgres({ connection: twin.connection, log: silentLog, restarts: twin.restarts });
  closingOf(t).add('twin', twin, () => twin.stop());
  closingOf(t).add('engine', engine, () => engine.close());
  return { twin, engine };
}

async function postmasterPid(data: string): Promise<number> {
  return Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Eight writers that insert numbers until told to stop; what was acknowledged and what failed. */
function writers(engine: StateEngine) {
  const acknowledged: number[] = [];
  const failures: unknown[] = [];
  let next = 0;
  let going = true;
  const work = Array.from({ length: 8 }, async () => {
    while (going) {
      const id = next++;
      try {
        await engine.run((db) => sql`insert into numbers values (${id})`.execute(db));
        acknowledged.push(id);
      } catch (error) {
        failures.push(error);
        await pause(5);
      }
    }
  });
  return {
    acknowledged,
    failures,
    async stop() {
      going = false;
      await Promise.all(work);
    },
  };
}

for (const victim of ['postmaster', 'keeper'] as const) {
  test(`kill -9 of the ${victim} under load: back within 5 s, nothing acknowledged is lost`, async (t) => {
    const { twin, engine } = await opened(t, await scratch(t));
    await engine.run((db) => sql`create table numbers (id int primary key)`.execute(db));
    const load = writers(engine);
    t.after(() => load.stop());
    await until('some writes', () => load.acknowledged.length > 200);
    const pid = victim === 'postmaster' ? await postmasterPid(twin.data) : twin.keeperPid();
    process.kill(pid as number, 'SIGKILL');
    const since = performance.now();
    await until('the outage', () => load.failures.length > 0);
    // Processes whose postmaster died may still answer for a moment; only a new server is a recovery.
    await until('the restart', () => twin.restarts() === 1);
    const before = load.acknowledged.length;
    await until('the recovery', () => load.acknowledged.length > before + 20);
    const recoveredMs = performance.now() - since;
    assert.ok(recoveredMs < MAX_RECOVERY_MS, `recovered after ${recoveredMs} ms`);
    await load.stop();
    t.diagnostic(
      `back after ${Math.round(recoveredMs)} ms, ${load.failures.length} writes refused meanwhile`,
    );
    for (const error of load.failures) {
      assert.ok(error instanceof Problem, String(error));
      assert.deepEqual([error.code, error.status, error.retryAfterSeconds], ['state.unavailable', 503, 1]);
    }
    const { rows } = await engine.run((db) => sql<{ id: number }>`select id from numbers`.execute(db));
    const stored = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      load.acknowledged.filter((id) => !stored.has(id)),
      [],
    );
    assert.equal((await engine.health()).restarts, 1);
  });
}

test('a killed control room leaves no server behind, and the next one opens its data', async (t) => {
  const directory = await scratch(t);
  const script = `
    import { startStateTwin } from ${JSON.stringify(join(import.meta.dirname, 'twin.ts'))};
    import { silentLog } from ${JSON.stringify(join(import.meta.dirname, '../../lib/log.ts'))};
    await startStateTwin(${JSON.stringify(directory)}, silentLog);
    console.log('ready');`;
  const room = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closingOf(t).add('control room', room, () => room.kill('SIGKILL'));
  await new Promise((resolve) => {
    createInterface({ input: room.stdout }).once('line', resolve).once('close', resolve);
  });
  const pid = await postmasterPid(join(directory, 'postgres'));
  assert.ok(alive(pid));
  room.kill('SIGKILL');
  await until('the end of the server', () => !alive(pid), MAX_RECOVERY_MS);
  const { engine } = await opened(t, directory);
  assert.equal((await engine.health()).ok, true);
});

test('a server left by a previous control room is stopped before the new one starts', async (t) => {
  const directory = await scratch(t);
  const first = await startStateTwin(directory, silentLog);
  await first.stop();
  const user = await serverUser(first.data);
  const postgres = join(await postgresBinaries(user), 'bin', 'postgres');
  const settings = ['-c', 'listen_addresses=', '-c', 'unix_socket_directories=.'];
  const left = keepServer([postgres, '-D', here(first.data), ...settings], first.data, user, silentLog);
  closingOf(t).add('server', left, () => left.stop());
  await until('the start of the first', () => postmasterPid(first.data).then(alive, () => false));
  const { engine } = await opened(t, directory);
  assert.equal((await engine.health()).ok, true);
  assert.equal(await left.ended, 'exited with code 0', 'shut down, not killed');
});

test('a path too long for a socket, below a folder that only the current user may enter', async (t) => {
  const closed = await scratch(t);
  await chmod(closed, 0o700);
  const directory = join(closed, 'deep'.repeat(20), 'deeper'.repeat(10));
  await mkdir(directory, { recursive: true });
  const { engine } = await opened(t, directory);
  assert.equal((await engine.health()).ok, true);
});

test('the server listens on no network address', async (t) => {
  const { engine } = await opened(t, await scratch(t));
  const { rows } = await engine.run((db) =>
    sql<{ name: string; setting: string }>`select name, setting from pg_settings
      where name in ('listen_addresses', 'fsync', 'unix_socket_permissions', 'server_encoding') order by name`.execute(
      db,
    ),
  );
  assert.deepEqual(
    rows.map(({ setting }) => setting),
    ['on', '', 'UTF8', '0700'],
  );
});

test('an unreachable database is a Problem that names it', async () => {
  const opening = openState({ url: 'postgres://u:secret@127.0.0.1:1/db', directory: '', log: silentLog });
  await assert.rejects(opening, (error: Problem) => {
    assert.equal(error.code, 'state.unavailable');
    assert.match(error.message, /127\.0\.0\.1:1\/db/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});
