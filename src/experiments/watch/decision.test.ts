import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StageArms } from '../../metrics/arms.ts';
import { experimentWith } from '../definition/experiment.testing.ts';
import { decide } from './decision.ts';
import { type Look, lookOf } from './look.ts';

const EXPERIMENT = experimentWith();
const RUN = { experiment: EXPERIMENT, stages: [{ share: 0.5, startedAtMs: 0 }], startedAtMs: 0 };

type Pair = [events: number, units: number];
const arms = (control: Pair, treatment: Pair): StageArms[] => [
  {
    control: [control[1], control[0]],
    treatment: [treatment[1], treatment[0]],
  },
];

function look(of: { goal?: [Pair, Pair]; errors?: [Pair, Pair]; exposed?: [number, number] }): Look {
  const goal = of.goal ?? [
    [0, 0],
    [0, 0],
  ];
  const errors = of.errors ?? [
    [0, 50],
    [0, 50],
  ];
  const exposed = of.exposed ?? [50, 50];
  return lookOf(
    RUN,
    {
      metrics: [arms(...goal), arms(...errors)],
      exposures: [{ control: exposed[0], treatment: exposed[1] }],
      crossed: 0,
    },
    30_000,
  );
}

const OPEN = look({
  goal: [
    [40, 100],
    [41, 100],
  ],
});
const SUPPORTED = look({
  goal: [
    [1_200, 3_000],
    [1_200, 3_000],
  ],
});
const REFUTED = look({
  goal: [
    [400, 1_000],
    [160, 1_000],
  ],
});
const HARMED = look({
  errors: [
    [0, 20],
    [12, 20],
  ],
});
const HARMED_AND_SUPPORTED = look({
  goal: [
    [1_200, 3_000],
    [1_200, 3_000],
  ],
  errors: [
    [0, 20],
    [12, 20],
  ],
});
const MISMATCH = look({
  exposed: [5_000, 4_000],
  errors: [
    [0, 20],
    [12, 20],
  ],
});

const situation = (given: Partial<Parameters<typeof decide>[0]>) => ({
  experiment: EXPERIMENT,
  look: OPEN,
  elapsedMs: 30_000,
  missed: 0,
  ...given,
});

const TABLE: [string, Partial<Parameters<typeof decide>[0]>, [string, string] | undefined][] = [
  ['nothing reached: go on', {}, undefined],
  ['no look yet: go on', { look: undefined }, undefined],
  ['goal supported', { look: SUPPORTED }, ['supported', 'conclude']],
  ['goal refuted', { look: REFUTED }, ['refuted', 'conclude']],
  ['guardrail harmed', { look: HARMED }, ['refuted', 'abort']],
  ['guardrail harmed while the goal is supported', { look: HARMED_AND_SUPPORTED }, ['refuted', 'abort']],
  ['mismatch voids everything', { look: MISMATCH }, ['invalid', 'abort']],
  ['maximum duration', { elapsedMs: 180_000 }, ['undecided', 'conclude']],
  ['maximum duration without a look', { look: undefined, elapsedMs: 180_000 }, ['undecided', 'conclude']],
  [
    'evidence that comes with the maximum duration counts',
    { look: SUPPORTED, elapsedMs: 180_000 },
    ['supported', 'conclude'],
  ],
  ['two missed looks are borne', { missed: 2 }, undefined],
  ['three are not', { missed: 3, missedBecause: 'the events engine does not answer' }, ['invalid', 'abort']],
  ['three missed at the start', { look: undefined, missed: 3 }, ['invalid', 'abort']],
];

for (const [name, given, expected] of TABLE) {
  test(name, () => {
    const end = decide(situation(given));
    assert.deepEqual(end && [end.verdict, end.decision], expected);
    if (end)
      assert.ok(
        end.reason.length > 10 && !end.reason.includes('\n') && !/NaN|undefined|Infinity/.test(end.reason),
        end.reason,
      );
  });
}

test('reasons say what a person asks', () => {
  assert.equal(
    decide(situation({ look: HARMED }))?.reason,
    'guardrail error-rate is harmed: 12 of 20 units in treatment, 0 of 20 in control (evidence 146 to 1)',
  );
  assert.match(
    decide(situation({ look: SUPPORTED }))?.reason ?? '',
    /^conversion held: ratio 1, between 0\.8\d+ and 1\.1\d*, margin 0\.8, no guardrail harmed$/,
  );
  assert.equal(
    decide(situation({ missed: 3, missedBecause: 'the events engine does not answer' }))?.reason,
    'the guardrails could not be evaluated 3 times in a row (the events engine does not answer)',
  );
  assert.match(
    decide(situation({ elapsedMs: 180_000 }))?.reason ?? '',
    /^no verdict within 180 s: conversion ratio 1\.02, between .+, margin 0\.8, about \d+ more events are needed if nothing changes$/,
  );
  assert.equal(
    decide(situation({ look: undefined, elapsedMs: 180_000 }))?.reason,
    'no verdict within 180 s: no unit had the event of conversion',
  );
  assert.equal(
    decide(situation({ look: MISMATCH }))?.reason,
    'sample ratio mismatch: 5000 units in control and 4000 in treatment do not fit a share of 50 %',
  );
});
