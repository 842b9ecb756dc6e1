import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StageArms } from '../../metrics/arms.ts';
import type { Experiment } from '../definition/experiment.ts';
import { lookView as schema } from '../schema.ts';
import { goalOf, type LookCounts, lookOf, lookView } from './look.ts';

const EXPERIMENT: Experiment = {
  name: 'e',
  title: 't',
  hypothesis: 'h',
  description: '',
  tags: [],
  function: 'f',
  treatment: { kind: 'fault', fault: { kind: 'latency', ms: 800 } },
  slice: { unit: 'session', share: 0.5 },
  goal: { metric: { name: 'conversion', event: 'Order Completed', withinMs: 20_000 }, marginRatio: 0.8 },
  guardrails: [
    { metric: { name: 'error-rate' }, critical: false },
    { metric: { name: 'error-rate', function: 'f' }, critical: true },
  ],
  maxDurationMs: 180_000,
  alpha: 0.05,
};
const RUN = { experiment: EXPERIMENT, stages: [{ share: 0.5, startedAtMs: 1_000 }], startedAtMs: 1_000 };

const arms = (control: [number, number], treatment: [number, number]): StageArms[] => [
  {
    control: { units: control[0], events: control[1] },
    treatment: { units: treatment[0], events: treatment[1] },
  },
];

const counts = (
  goal: StageArms[],
  errors = arms([100, 0], [100, 0]),
  exposed = arms([100, 0], [100, 0]),
): LookCounts => ({
  goal,
  guardrails: [errors, errors],
  exposures: exposed,
  crossed: 0,
});

test('a look has the goal first and the guardrails in their order, each at its alpha', () => {
  const look = lookOf(RUN, counts(arms([100, 40], [100, 41])), 31_000);
  assert.equal(look.elapsedMs, 30_000);
  assert.deepEqual(
    look.metrics.map(({ label, role, direction, marginRatio, alpha, state }) => [
      label,
      role,
      direction,
      marginRatio,
      alpha,
      state,
    ]),
    [
      ['conversion', 'goal', 'up', 0.8, 0.05, 'open'],
      ['error-rate', 'guardrail', 'down', 1, 0.025, 'open'],
      ['error-rate f', 'guardrail', 'down', 1, 0.025, 'open'],
    ],
  );
});

test('the view is what the schema says, with bounds that contain the ratio', () => {
  const view = lookView(lookOf(RUN, counts(arms([500, 200], [500, 190])), 31_000));
  assert.deepEqual(schema.parse(view), view);
  const goal = view.metrics[0];
  assert.equal(goal?.ratio, 0.95);
  assert.ok((goal?.low as number) < 0.95 && (goal?.high as number) > 0.95);
  assert.deepEqual([view.metrics[1]?.ratio, view.metrics[1]?.low, view.metrics[1]?.high], [null, null, null]);
});

test('nine errors in treatment and none in control harm a guardrail at alpha .05', () => {
  const one = {
    ...RUN,
    experiment: { ...EXPERIMENT, guardrails: [{ metric: { name: 'error-rate' }, critical: false }] },
  } as typeof RUN;
  const states = [8, 9].map(
    (errors) =>
      lookOf(one, { ...counts(arms([0, 0], [0, 0])), guardrails: [arms([20, 0], [20, errors])] }, 2_000)
        .metrics[1]?.state,
  );
  assert.deepEqual(states, ['open', 'harmed']);
});

test('what was reached stays reached, and unchanged counts keep their evidence', () => {
  const supported = lookOf(RUN, counts(arms([3_000, 1_200], [3_000, 1_200])), 60_000);
  assert.equal(goalOf(supported).state, 'supported');
  const later = lookOf(RUN, counts(arms([3_000, 1_200], [3_000, 400])), 61_000, supported);
  const [goal] = lookView(later).metrics;
  assert.deepEqual(goal?.stages, [{ control: 1_200, treatment: 400, share: 0.5 }]);
  assert.deepEqual(goal?.reached, {
    elapsedMs: 59_000,
    logE: goalOf(supported).evidence.logESupported,
    stages: [{ control: 1_200, treatment: 1_200, share: 0.5 }],
  });
  assert.equal(lookView(supported).metrics[1]?.reached, null);
  assert.equal(goalOf(later).state, 'supported');
  assert.ok(goalOf(later).evidence.logERefuted > 3);
  const same = lookOf(RUN, counts(arms([3_000, 1_200], [3_000, 1_200])), 62_000, supported);
  assert.equal(goalOf(same).evidence, goalOf(supported).evidence);
});

test('a sample-ratio mismatch is found and stays', () => {
  const bad = lookOf(RUN, counts(arms([0, 0], [0, 0]), undefined, arms([5_000, 0], [4_000, 0])), 60_000);
  assert.equal(bad.sampleRatio.mismatch, true);
  const later = lookOf(
    RUN,
    counts(arms([0, 0], [0, 0]), undefined, arms([5_000, 0], [5_000, 0])),
    61_000,
    bad,
  );
  assert.equal(later.sampleRatio.mismatch, true);
});
