import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { noServer, OwnPostgresql } from '../conformance/state/own-postgresql.ts';
import { until } from '../until.ts';
import { ControlRoom } from './control-room.ts';

const PAYMENTS_FAILING = resolve(
  import.meta.dirname,
  '../../examples/shop/experiments/payments-failing.yaml',
);
/** For the first orders, on a machine with other work. */
const MAX_WAIT_MS = 120_000;
const MAX_RECOVERY_MS = 5_000;

let postgresql: OwnPostgresql;
let room: ControlRoom;

before(async () => {
  if (noServer) return;
  postgresql = await OwnPostgresql.start();
  room = await ControlRoom.start(
    '--demo',
    '--demo-rate',
    '10',
    '--no-demo-experiments',
    '--state',
    postgresql.url,
  );
});
after(async () => {
  await room?.stop();
  await postgresql?.stop();
});

/** What the state engine has, as the API gives it. */
async function stored(): Promise<unknown> {
  const { runs } = await room.call('listRuns', {});
  const journals = await Promise.all(
    runs.map(async ({ runId }) => (await room.call('showRun', { runId })).journal),
  );
  return { runs, journals, findings: (await room.call('listFindings', {})).findings };
}

async function payments(): Promise<number> {
  return (await room.call('showFunction', { name: 'shop-payments' })).totals.invocations;
}

test("the shop runs on a PostgreSQL of one's own, and harm is aborted", { skip: noServer }, async () => {
  const { engines } = await room.call('showOverview', {});
  assert.match(
    engines.find(({ engine }) => engine === 'state')?.detail ?? '',
    /^PostgreSQL \d+\.\d+, remote$/,
  );
  assert.ok(!existsSync(join(room.directory, 'state')), 'no embedded server was made');
  await until('traffic', async () => (await payments()) > 20, MAX_WAIT_MS);
  const { code, stdout } = await room.upstack('experiment', 'run', PAYMENTS_FAILING, '--json');
  assert.equal(code, 6, JSON.parse(stdout).reason);
  const { findings } = await room.call('listFindings', {});
  assert.deepEqual(
    findings.map(({ experiment }) => experiment),
    ['payments-failing'],
  );
});

test('a control room that is started again has its runs, journals and findings', {
  skip: noServer,
}, async () => {
  const before = await stored();
  await room.kill('SIGTERM');
  await room.startAgain();
  assert.deepEqual(await stored(), before);
  const invocations = await payments();
  await until('traffic again', async () => (await payments()) > invocations, MAX_WAIT_MS);
});

test('while the database is restarted the API answers 503, and goes on after it', {
  skip: noServer,
}, async () => {
  await postgresql.stopServer();
  const meanwhile = await room.fetch('/api/experiments/runs');
  assert.equal(meanwhile.status, 503);
  assert.ok(Number(meanwhile.headers.get('retry-after')) >= 1);
  await postgresql.startServer();
  await until(
    'recovery',
    async () => (await room.fetch('/api/experiments/runs')).status === 200,
    MAX_RECOVERY_MS,
  );
});
