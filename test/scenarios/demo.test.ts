import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { RunView } from '../../src/experiments/schema.ts';
import { best } from '../best.ts';
import { ControlRoom } from './control-room.ts';

const EXPERIMENTS = resolve(import.meta.dirname, '../../examples/shop/experiments');
const THREE_MINUTES_MS = 180_000;
/** From the first harmful response to the last injected one. */
const MAX_HARM_MS = 2_000;
/** Whatever else the machine does. */
const MAX_LEASE_MS = 10_000;

let room: ControlRoom;
let startedAt: number;

before(async () => {
  startedAt = performance.now();
  room = await ControlRoom.start('--demo', '--no-demo-experiments');
});
after(() => room.stop());

async function runExperiment(name: string): Promise<{ code: number; run: RunView }> {
  const { code, stdout, stderr } = await room.upstack(
    'experiment',
    'run',
    `${EXPERIMENTS}/${name}.yaml`,
    '--json',
  );
  assert.notEqual(stdout, '', stderr);
  const { runId } = JSON.parse(stdout) as { runId: string };
  return { code, run: await room.call('showRun', { runId }) };
}

test('slow recommendations do not hurt the checkout: supported, exit code 0', async () => {
  const { code, run } = await runExperiment('recommendations-slow');
  assert.deepEqual([run.verdict, run.decision, code], ['supported', 'conclude', 0], run.reason ?? '');
});

test('slow payments hurt the checkout: refuted, exit code 3, and a finding is open', async () => {
  const { code, run } = await runExperiment('payments-slow');
  assert.deepEqual([run.verdict, run.decision, code], ['refuted', 'conclude', 3], run.reason ?? '');
  const { findings } = await room.call('listFindings', {});
  assert.ok(findings.some((finding) => finding.experiment === 'payments-slow' && finding.state === 'open'));
});

test('failing payments are aborted, exit code 6, within 2 s of the first harmful response', async (t) => {
  const harmMs = await best(MAX_HARM_MS, async () => {
    const { code, run } = await runExperiment('payments-failing');
    assert.deepEqual([run.decision, code], ['abort', 6], run.reason ?? '');
    const { count, firstAt, lastAt } = run.injections;
    assert.ok(count > 0 && firstAt !== null && lastAt !== null);
    const tookMs = Date.parse(lastAt) - Date.parse(firstAt);
    t.diagnostic(`${count} injections within ${tookMs} ms`);
    assert.ok(tookMs <= MAX_LEASE_MS, `${tookMs} ms`);
    return tookMs;
  });
  assert.ok(harmMs <= MAX_HARM_MS, `the last injection came ${harmMs} ms after the first`);
});

test('the outage shows in the figures of the functions: a server error is an error', async () => {
  const { functions } = await room.call('listFunctions', {});
  for (const name of ['shop-payments', 'shop-checkout']) {
    assert.ok((functions.find((row) => row.name === name)?.errors ?? 0) > 0, name);
  }
  const view = await room.call('showFunction', { name: 'shop-payments' });
  assert.equal(view.recentErrors[0]?.errorType, 'HTTP 503');
});

test('all three verdicts came within three minutes of the start', (t) => {
  const tookMs = performance.now() - startedAt;
  t.diagnostic(`${Math.round(tookMs / 1000)} s`);
  assert.ok(tookMs <= THREE_MINUTES_MS, `${Math.round(tookMs / 1000)} s`);
});

test('the pages are alive: functions, people, retention and adoption have figures', async () => {
  const { functions } = await room.call('listFunctions', {});
  assert.equal(
    functions.filter(({ name, invocations }) => name.startsWith('shop-') && invocations > 0).length,
    4,
  );
  const { weeks } = await room.call('showGrowth', { weeks: 12 });
  assert.ok(weeks.every(({ active }) => active > 0));
  const { features } = await room.call('listFeatures', {});
  assert.ok(features.some(({ event }) => event === 'Order Completed'));
});
