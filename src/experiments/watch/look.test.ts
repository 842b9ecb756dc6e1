import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTotals, StageArms } from '../../metrics/arms.ts';
import { ERRORS, errorsIn, experimentWith } from '../definition/experiment.testing.ts';
import { lookView as schema } from '../schema.ts';
import { goalOf, lookOf, lookView } from './look.ts';

const EXPERIMENT = experimentWith({
  guardrails: [
    { metric: ERRORS, critical: false },
    { metric: errorsIn('f'), critical: true },
  ],
});
const RUN = { experiment: EXPERIMENT, stages: [{ share: 0.5, startedAtMs: 1_000 }], startedAtMs: 1_000 };

const arms = (control: [number, number], treatment: [number, number]): StageArms[] => [
  { control, treatment },
];

const totals = (
  goal: StageArms[],
  errors = arms([100, 0], [100, 0]),
  exposed = { control: 100, treatment: 100 },
): RunTotals => ({
  metrics: [goal, errors, errors],
  exposures: [exposed],
  crossed: 0,
});

test('a look has the goal first and the guardrails in their order, each at its alpha', () => {
  const look = lookOf(RUN, totals(arms([100, 40], [100, 41])), 31_000);
  assert.equal(look.elapsedMs, 30_000);
  assert.deepEqual(
    look.metrics.map(({ label, role, direction, margin, alpha, state }) => [
      label,
      role,
      direction,
      margin,
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
  const view = lookView(lookOf(RUN, totals(arms([500, 200], [500, 190])), 31_000));
  assert.deepEqual(schema.parse(view), view);
  const goal = view.metrics[0];
  assert.equal(goal?.point, 0.95);
  assert.ok((goal?.low as number) < 0.95 && (goal?.high as number) > 0.95);
  assert.deepEqual([view.metrics[1]?.point, view.metrics[1]?.low, view.metrics[1]?.high], [null, null, null]);
});

test('nine errors in treatment and none in control harm a guardrail at alpha .05', () => {
  const one = { ...RUN, experiment: experimentWith() };
  const states = [8, 9].map(
    (errors) =>
      lookOf(one, totals(arms([0, 0], [0, 0]), arms([20, 0], [20, errors])), 2_000).metrics[1]?.state,
  );
  assert.deepEqual(states, ['open', 'harmed']);
});

test('what was reached stays reached, and unchanged counts keep their evidence', () => {
  const supported = lookOf(RUN, totals(arms([3_000, 1_200], [3_000, 1_200])), 60_000);
  assert.equal(goalOf(supported).state, 'supported');
  const later = lookOf(RUN, totals(arms([3_000, 1_200], [3_000, 400])), 61_000, supported);
  const [goal] = lookView(later).metrics;
  const asked = (control: number, treatment: number) => ({
    calculation: 'verdict',
    input: {
      stages: [{ control, treatment, share: 0.5 }],
      direction: 'up',
      marginRatio: 0.8,
      alpha: 0.05,
    },
  });
  assert.deepEqual([goal?.method, goal?.question], ['counts', asked(1_200, 400)]);
  assert.deepEqual(goal?.reached, {
    elapsedMs: 59_000,
    logE: goalOf(supported).evidence.claims.logESupported,
    question: asked(1_200, 1_200),
  });
  assert.equal(lookView(supported).metrics[1]?.reached, null);
  assert.equal(goalOf(later).state, 'supported');
  assert.ok(goalOf(later).evidence.claims.logERefuted > 3);
  const same = lookOf(RUN, totals(arms([3_000, 1_200], [3_000, 1_200])), 62_000, supported);
  assert.equal(goalOf(same).evidence, goalOf(supported).evidence);
});

test('a sample-ratio mismatch is found and stays', () => {
  const bad = lookOf(
    RUN,
    totals(arms([0, 0], [0, 0]), undefined, { control: 5_000, treatment: 4_000 }),
    60_000,
  );
  assert.equal(bad.sampleRatio.mismatch, true);
  const later = lookOf(
    RUN,
    totals(arms([0, 0], [0, 0]), undefined, { control: 5_000, treatment: 5_000 }),
    61_000,
    bad,
  );
  assert.equal(later.sampleRatio.mismatch, true);
});
