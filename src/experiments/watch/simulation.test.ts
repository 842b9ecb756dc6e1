/**
 * Whole runs, simulated second by second through `look.ts` and `decision.ts`: how often a run without an effect is
 * stopped by mistake, and how soon one with an effect is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversion } from '../../metrics/kinds/conversion.ts';
import { SETTLE_MS } from '../../metrics/metric.ts';
import { type Random, seeded } from '../../stats/numerics/random.ts';
import { ERRORS, errorsIn, experimentWith, ORDERS } from '../definition/experiment.testing.ts';
import type { End, Experiment } from '../definition/experiment.ts';
import { decide } from './decision.ts';
import { type Look, lookOf } from './look.ts';

const WITHIN_S = 20;
const JUDGED_AFTER_S = WITHIN_S + SETTLE_MS / 1000;

const ORDERS_IN_TIME: Conversion = { ...ORDERS, withinMs: WITHIN_S * 1000 };

const EXPERIMENT = experimentWith({
  goal: { metric: ORDERS_IN_TIME, margin: 0.8 },
  guardrails: [
    { metric: ERRORS, critical: false },
    { metric: errorsIn('f'), critical: true },
  ],
});

interface Traffic {
  unitsPerSecond: number;
  share: number;
  conversion: { control: number; treatment: number };
  errors: { control: number; treatment: number };
}

interface Simulated {
  end: End;
  seconds: number;
  treatmentErrors: number;
}

type Arm = 'control' | 'treatment';
type Counts = [units: number, events: number];

/** One run with a look every second, until it ends. */
function simulate(experiment: Experiment, traffic: Traffic, random: Random): Simulated {
  const run = { experiment, stages: [{ share: traffic.share, startedAtMs: 0 }], startedAtMs: 0 };
  const exposed = { control: [] as number[], treatment: [] as number[] };
  const goal = { control: [0, 0] as Counts, treatment: [0, 0] as Counts };
  const errors = { control: [0, 0] as Counts, treatment: [0, 0] as Counts };
  let look: Look | undefined;
  for (let second = 1; ; second++) {
    for (const arm of ['control', 'treatment'] as Arm[]) {
      const part = arm === 'control' ? 1 - traffic.share : traffic.share;
      const arrived = random.poisson(traffic.unitsPerSecond * part);
      exposed[arm].push(arrived);
      errors[arm][0] += arrived;
      errors[arm][1] += binomial(random, arrived, traffic.errors[arm]);
      const judged = exposed[arm][second - 1 - JUDGED_AFTER_S] ?? 0;
      goal[arm][0] += judged;
      goal[arm][1] += binomial(random, judged, traffic.conversion[arm]);
    }
    const guardrail = [{ control: [...errors.control], treatment: [...errors.treatment] }];
    look = lookOf(
      run,
      {
        metrics: [
          [{ control: [...goal.control], treatment: [...goal.treatment] }],
          ...experiment.guardrails.map(() => guardrail),
        ],
        exposures: [{ control: errors.control[0], treatment: errors.treatment[0] }],
        crossed: 0,
      },
      second * 1000,
      look,
    );
    const end = decide({ experiment, look, elapsedMs: second * 1000, missed: 0 });
    if (end) return { end, seconds: second, treatmentErrors: errors.treatment[1] };
  }
}

function binomial(random: Random, n: number, probability: number): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (random.chance(probability)) count++;
  return count;
}

const SHOP: Traffic = {
  unitsPerSecond: 25,
  share: 0.5,
  conversion: { control: 0.35, treatment: 0.35 },
  errors: { control: 0.005, treatment: 0.005 },
};

function many(runs: number, traffic: Traffic, seed: number, experiment = EXPERIMENT): Simulated[] {
  const random = seeded(seed);
  return Array.from({ length: runs }, () => simulate(experiment, traffic, random));
}

const part = (ends: Simulated[], is: (end: End) => boolean) =>
  ends.filter(({ end }) => is(end)).length / ends.length;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;
const stopped = ({ verdict, decision }: End) => verdict === 'refuted' || decision === 'abort';

/** A goal with a margin of a tenth of a percent is never decided, so every run is watched for its whole time. */
const UNDECIDABLE: Experiment = { ...EXPERIMENT, goal: { ...EXPERIMENT.goal, margin: 0.999 } };

test('of 1,000 runs without an effect, watched every second to the end, at most 6 % are refuted or aborted', (context) => {
  const ends = many(1_000, SHOP, 2_024, UNDECIDABLE);
  context.diagnostic(`${(100 * part(ends, stopped)).toFixed(1)} % refuted or aborted`);
  assert.ok(part(ends, stopped) <= 0.06, `${part(ends, stopped)}`);
  assert.ok(ends.filter(({ seconds }) => seconds === 180).length > 900, 'runs are watched to the end');
});

test('nor are they at a small share, a lower rate and a margin that can be reached', () => {
  const ends = many(300, { ...SHOP, unitsPerSecond: 12, share: 0.1 }, 7);
  assert.ok(part(ends, stopped) <= 0.06, `${part(ends, stopped)}`);
});

test('a ratio of 1.0 is supported at a margin of .8 within three minutes of shop traffic', (context) => {
  const ends = many(100, SHOP, 8);
  context.diagnostic(`median ${median(ends.map(({ seconds }) => seconds))} s`);
  assert.ok(part(ends, ({ verdict }) => verdict === 'supported') >= 0.9, JSON.stringify(ends[0]));
  assert.ok(median(ends.map(({ seconds }) => seconds)) < 120);
});

test('a ratio of .4 is refuted', () => {
  const ends = many(100, { ...SHOP, conversion: { control: 0.35, treatment: 0.14 } }, 9);
  assert.ok(part(ends, ({ verdict, decision }) => verdict === 'refuted' && decision === 'conclude') >= 0.98);
  assert.ok(median(ends.map(({ seconds }) => seconds)) < 60);
});

test('errors that go from 0 to 100 % abort the run within twelve treatment errors of a look per error', () => {
  const run = { experiment: EXPERIMENT, stages: [{ share: 0.5, startedAtMs: 0 }], startedAtMs: 0 };
  let look: Look | undefined;
  for (let errors = 0; errors <= 12; errors++) {
    const arms = [{ control: [errors, 0], treatment: [errors, errors] }];
    look = lookOf(
      run,
      { metrics: [[], arms, arms], exposures: [{ control: errors, treatment: errors }], crossed: 0 },
      errors * 100,
      look,
    );
    const end = decide({ experiment: EXPERIMENT, look, elapsedMs: errors * 100, missed: 0 });
    if (end) {
      assert.deepEqual([end.verdict, end.decision], ['refuted', 'abort']);
      assert.ok(errors >= 10, `${errors} errors`);
      return;
    }
  }
  assert.fail('not aborted after 12 errors');
});

test('with a look per second the same run ends in its second or third second', () => {
  const ends = many(200, { ...SHOP, errors: { control: 0, treatment: 1 } }, 10);
  assert.equal(
    part(ends, ({ decision }) => decision === 'abort'),
    1,
  );
  assert.ok(Math.max(...ends.map(({ seconds }) => seconds)) <= 3);
});
