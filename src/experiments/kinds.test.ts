/**
 * A made-up kind of treatment and a made-up kind of metric that counts nothing, each one file and its name in the list, go
 * through everything that a run is, on the real engines.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assign } from '../../sdk/src/core/assignment.ts';
import { until } from '../../test/until.ts';
import { verdictCalculations } from '../doors/cli/calculations/verdict.ts';
import { orderValue } from '../metrics/kinds/order-value.testing.ts';
import { METRIC_KINDS } from '../metrics/kinds.ts';
import { brownout, brownoutControl } from '../treatments/brownout.testing.ts';
import { TREATMENT_KINDS } from '../treatments/kinds.ts';
import {
  ended,
  experimentFile,
  type Ground,
  invocation,
  openGround,
  openRoom,
  order,
  type Room,
  show,
  start,
} from './room.testing.ts';
import type { MetricLook } from './schema.ts';

METRIC_KINDS.push(orderValue);
TREATMENT_KINDS.push(brownout);

const DIM = { treatment: '{brownout: {level: 3}}' };
const VALUE = 'metric: order-value, property: total, cap: 100, within: 500ms';

let ground: Ground;
let room: Room;

before(async () => {
  ground = await openGround();
  room = openRoom(ground);
  ground.signals.onFlushed(() => room.worker.onFlushed());
});
after(async () => {
  await room?.worker.close();
  await ground?.close();
});

const applied = (runId: string) =>
  until('the treatment', () => brownoutControl.applied.find(({ run }) => run === runId));

/** Units that meet the run; every fifth of them orders, for what `spend` says of its arm. */
async function visit(
  runId: string,
  units: number,
  spend: Record<'control' | 'treatment', number>,
): Promise<void> {
  const run = await show(room, runId);
  const { salt } = await room.store.get(runId);
  const seen = { control: 0, treatment: 0 };
  const records = Array.from({ length: units }, (_, i) => {
    const unit = `${runId}-visitor-${i}`;
    const arm = assign(salt, unit, 0.5);
    // Orders of 80 to 119 % of what the arm spends: a mean needs a variance.
    const total = spend[arm] * (0.8 + (seen[arm] % 40) / 100);
    const orders = seen[arm]++ % 5 === 0 ? order(unit, { total }) : [];
    return [invocation('shop-payments', unit, { run, arm }), ...orders];
  });
  await ground.signals.append(records.flat());
}

/** What `upstack stats` makes of the question of a look is what the look shows. */
function assertComputedAgain(look: MetricLook): void {
  const again = verdictCalculations[look.question.calculation]?.run(look.question.input) as Record<
    string,
    unknown
  >;
  const { logESupported, logERefuted, logEHarm, confidenceSequence } = again;
  assert.deepEqual(
    [logESupported, logERefuted, logEHarm, confidenceSequence],
    [look.logESupported, look.logERefuted, look.logEHarm, [look.low, look.high]],
  );
}

test('both are planned from recent data', async () => {
  const units = Array.from({ length: 200 }, (_, i) => `planner-${i}`);
  await ground.signals.append(
    units.flatMap((unit, i) => [
      invocation('shop-catalogue', unit, {}),
      ...(i % 5 === 0 ? order(unit, { total: i }) : []),
    ]),
  );
  await ground.signals.settle();
  const source = experimentFile({
    ...DIM,
    target: 'shop-catalogue',
    goal: `{${VALUE}, margin: 4}`,
    guardrails: `[{${VALUE}}]`,
    maxDuration: '24h',
  });
  const plan = await room.call('planRun', { source });
  assert.equal(plan.counted, 'units');
  assert.ok(plan.needed !== null && plan.needed > 500 && plan.needed < 2_000, `${plan.needed} units`);
  assert.equal(plan.perSecond, 200 / 600);
  assert.deepEqual(
    plan.checks.map(({ check, state }) => `${check}: ${state}`),
    [
      'Function: pass',
      'Telemetry: pass',
      'Goal metric: pass',
      'Guardrail order-value: pass',
      'Free target: pass',
      'Duration: pass',
    ],
  );
  assert.equal(
    plan.checks[2]?.detail,
    '200 units of shop-catalogue had an order with a total in the last 10 minutes',
  );
});

test('errors in a file name the kinds that there are', async () => {
  const refused = async (options: Parameters<typeof experimentFile>[0], message: RegExp) =>
    assert.rejects(room.call('planRun', { source: experimentFile(options) }), message);
  await refused({ treatment: '{}' }, /treatment: "fault" or "brownout" is missing: add fault: \{kind/);
  await refused({ treatment: '{brownout: {level: 9}}' }, /treatment\.brownout\.level: must be 1 to 5$/);
  await refused(
    { treatment: '{brownout: {level: 1}, fault: {kind: latency, ms: 1}}' },
    /a run applies one treatment: remove fault or brownout$/,
  );
  await refused({ goal: '{metric: joy, margin: 1}' }, /use one of conversion, error-rate, order-value$/);
  await refused({ goal: `{${VALUE}, margin: 0}` }, /goal\.margin: must be above 0, in the metric's own unit/);
});

test('a run of both is supported, and its end waits until the withdrawal is confirmed', async () => {
  const { runId } = await start(room, { ...DIM, goal: `{${VALUE}, margin: 8}` });
  const application = await applied(runId);
  assert.deepEqual(
    [application.treatment, application.slice, application.function],
    [{ kind: 'brownout', level: 3 }, { unit: 'session', share: 0.5 }, 'shop-payments'],
  );
  brownoutControl.failures = 2;
  await visit(runId, 3_000, { control: 50, treatment: 50 });
  const unconfirmed = await until('the entry', async () => {
    const run = await show(room, runId);
    return run.journal.some(({ kind }) => kind === 'withdrawal-unconfirmed') && run;
  });
  assert.equal(unconfirmed.status, 'running');
  const run = await ended(room, runId);
  assert.deepEqual([run.verdict, run.decision], ['supported', 'conclude']);
  assert.match(
    run.reason ?? '',
    /^order-value held: difference -?[\d.]+, between -[\d.]+ and [\d.]+, margin -8, no guardrail harmed$/,
  );
  assert.deepEqual(run.treatment, {
    kind: 'brownout',
    text: 'brownout 3 of shop-payments',
    detail: { level: 3 },
  });
  assert.deepEqual(run.goal, {
    metric: 'order-value',
    description: 'total of orders per unit, at most 100',
    direction: 'up',
    scale: 'difference',
    margin: -8,
  });
  const goal = run.looks.at(-1)?.metrics[0] as MetricLook;
  assert.deepEqual([goal.method, goal.state, goal.margin], ['mean', 'supported', -8]);
  assert.ok((goal.low as number) > -8 && (goal.low as number) < (goal.point as number));
  assert.match(`${goal.control.value} ${goal.control.text}`, /^\$\d\.\d\d \$\d+ of \d+ units$/);
  assertComputedAgain(goal);

  const kinds = run.journal.map(({ kind }) => kind);
  assert.ok(kinds.indexOf('withdrawal-unconfirmed') < kinds.indexOf('treatment-withdrawn'));
  assert.equal(kinds.filter((kind) => kind === 'withdrawal-unconfirmed').length, 1);
  assert.match(
    run.journal.find(({ kind }) => kind === 'withdrawal-unconfirmed')?.text ?? '',
    /\(the dimmer did not answer\)/,
  );
  const entry = run.journal.find(({ kind }) => kind === 'treatment-applied');
  assert.equal(entry?.text, 'brownout 3 of shop-payments for 50 % of sessions');
  assert.deepEqual(entry?.detail.treatment, run.treatment);
  assert.ok(brownoutControl.withdrawn.includes(runId));
});

test('as a guardrail it aborts a run that lowers the mean, with a reason that names both arms', async () => {
  const { runId } = await start(room, {
    ...DIM,
    name: 'lower',
    guardrails: `[{${VALUE}}, {metric: error-rate}]`,
  });
  await applied(runId);
  await visit(runId, 1_500, { control: 60, treatment: 5 });
  const run = await ended(room, runId);
  assert.deepEqual([run.verdict, run.decision], ['refuted', 'abort']);
  assert.match(
    run.reason ?? '',
    /^guardrail order-value is harmed: \$\d\.\d\d per unit in treatment, \$\d+\.\d\d in control \(evidence .+ to 1\)$/,
  );
  const guardrail = run.looks.at(-1)?.metrics[1] as MetricLook;
  assert.deepEqual([guardrail.state, guardrail.margin, guardrail.scale], ['harmed', 0, 'difference']);
  assertComputedAgain(guardrail);
});

test('an abort says when nothing confirms the withdrawal yet', async () => {
  const { runId } = await start(room, { ...DIM, name: 'stuck', target: 'shop-checkout' });
  await applied(runId);
  brownoutControl.failures = 1_000;
  await assert.rejects(
    room.call('abortRun', { runId, reason: 'enough' }),
    (error) => (error as { code?: string }).code === 'experiments.not-withdrawn',
  );
  assert.equal((await show(room, runId)).status, 'running');
  brownoutControl.failures = 0;
  assert.equal((await ended(room, runId)).reason, 'aborted by ada: enough');
});

test('a control room that starts again withdraws what it finds running', async () => {
  const crashed = openRoom(ground);
  const { runId } = await start(crashed, { ...DIM, name: 'crashed', target: 'shop-checkout' });
  await applied(runId);
  const next = openRoom(ground);
  await next.worker.recover();
  assert.ok(brownoutControl.withdrawn.includes(runId));
  const run = await show(next, runId);
  assert.deepEqual([run.status, run.decision], ['ended', 'abort']);
  await crashed.worker.close();
});
