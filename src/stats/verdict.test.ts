import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioBounds } from './counts.ts';
import { StatsInputError } from './input.ts';
import { eventsForSupport } from './plan.ts';
import { seeded } from './random.ts';
import {
  allSupported,
  boundScales,
  type ClaimEvidence,
  latchGuardrail,
  latchHypothesis,
  type State,
  weigh,
  weightedAlphas,
} from './verdict.ts';

const evidence = (supported: number, refuted: number, harm: number): ClaimEvidence => ({
  logESupported: supported,
  logERefuted: refuted,
  logEHarm: harm,
});

test('a hypothesis is refuted or supported at ln(1/alpha) and stays so', () => {
  assert.equal(latchHypothesis('open', evidence(2.9, 2.9, 9), 0.05), 'open');
  assert.equal(latchHypothesis('open', evidence(3, 0, 0), 0.05), 'supported');
  assert.equal(latchHypothesis('open', evidence(0, 3, 0), 0.05), 'refuted');
  assert.equal(latchHypothesis('supported', evidence(0, 9, 9), 0.05), 'supported');
});

test('a guardrail is harmed at ln(1/alpha) and stays so', () => {
  assert.equal(latchGuardrail('open', evidence(9, 9, 2.9), 0.05), 'open');
  assert.equal(latchGuardrail('open', evidence(0, 0, 3), 0.05), 'harmed');
  assert.equal(latchGuardrail('harmed', evidence(0, 0, -5), 0.05), 'harmed');
});

test('less is better is the mirror image of more is better', () => {
  const up = weigh([{ control: 60, treatment: 90, share: 0.5 }], { direction: 'up', marginRatio: 0.8 });
  const down = weigh([{ control: 90, treatment: 60, share: 0.5 }], { direction: 'down', marginRatio: 1.25 });
  for (const claim of ['logESupported', 'logERefuted', 'logEHarm'] as const) {
    assert.ok(Math.abs(up[claim] - down[claim]) < 1e-9, `${claim}: ${up[claim]} ${down[claim]}`);
  }
  assert.ok(up.logESupported > 0 && up.logERefuted < 0 && up.logEHarm < 0);
  assert.throws(() => weigh([], { direction: 'up', marginRatio: 1.2 }), StatsInputError);
  assert.throws(() => weigh([], { direction: 'down', marginRatio: 0.8 }), StatsInputError);
});

test('the bounds reach the margin when the claim is reached', () => {
  for (const treatment of [300, 340, 345, 350, 360, 400]) {
    const stages = [{ control: 350, treatment, share: 0.5 }];
    for (const claim of [
      { direction: 'up', marginRatio: 0.8 },
      { direction: 'down', marginRatio: 1.25 },
    ] as const) {
      const { logESupported } = weigh(stages, claim);
      const { low, high } = ratioBounds(stages, { alpha: 0.05, scales: boundScales(claim) });
      const inside = claim.direction === 'up' ? (low as number) >= 0.8 : (high as number) <= 1.25;
      assert.equal(logESupported >= Math.log(20), inside, `${claim.direction} ${treatment}`);
    }
  }
});

test('support of the whole needs every part', () => {
  const table: [State[], boolean][] = [
    [[], false],
    [['supported'], true],
    [['supported', 'open'], false],
    [['supported', 'supported'], true],
  ];
  for (const [states, expected] of table) assert.equal(allSupported(states), expected);
});

test('the alphas of guardrails sum to alpha, half of it for the critical ones', () => {
  assert.deepEqual(weightedAlphas(0.05, []), []);
  assert.deepEqual(weightedAlphas(0.05, [false]), [0.05]);
  assert.deepEqual(weightedAlphas(0.06, [true, false, false]), [0.03, 0.015, 0.015]);
  assert.deepEqual(weightedAlphas(0.06, [true, true]), [0.03, 0.03]);
});

/** Whole runs of the pair of tests at a margin of .8, events one by one; what came of them and after how many events. */
function outcomes(ratio: number, runs: number, mostEvents: number, seed: number) {
  const random = seeded(seed);
  const ends = Array.from({ length: runs }, () => {
    const stage = { control: 0, treatment: 0, share: 0.5 };
    let state: State = 'open';
    let events = 0;
    while (state === 'open' && events < mostEvents) {
      stage[random.chance(ratio / (1 + ratio)) ? 'treatment' : 'control']++;
      // A look every five events, as the published figures had one every hundred visits.
      if (++events % 5 === 0)
        state = latchHypothesis(state, weigh([stage], { direction: 'up', marginRatio: 0.8 }), 0.05);
    }
    return { state, events };
  });
  const part = (state: State) => ends.filter((end) => end.state === state).length / runs;
  const sorted = ends.map(({ events }) => events).sort((a, b) => a - b);
  return { supported: part('supported'), refuted: part('refuted'), median: sorted[runs >> 1] as number };
}

test('operating characteristics at a margin of .8: 1.0 is supported, .6 is refuted, .8 is neither', () => {
  const same = outcomes(1, 300, 6_000, 1);
  assert.ok(same.supported >= 0.98, JSON.stringify(same));
  // 9,800 visits of a conversion rate of 5 %.
  assert.ok(Math.abs(same.median / 490 - 1) <= 0.2, JSON.stringify(same));
  const worse = outcomes(0.6, 300, 6_000, 2);
  assert.ok(worse.refuted >= 0.98, JSON.stringify(worse));
  const boundary = outcomes(0.8, 300, 2_000, 3);
  assert.ok(boundary.supported <= 0.075 && boundary.refuted <= 0.075, JSON.stringify(boundary));
});

test('the plan says about as many events as a run without an effect takes', () => {
  const planned = eventsForSupport({ direction: 'up', marginRatio: 0.8, share: 0.5, alpha: 0.05 });
  const { median } = outcomes(1, 300, 6_000, 4);
  assert.ok(median / planned > 0.65 && median / planned < 1.35, `${median} against ${planned}`);
});

test('a narrower margin and a smaller share need more events, and the wrong side of the margin never suffices', () => {
  const plan = { direction: 'up', marginRatio: 0.8, share: 0.5, alpha: 0.05 } as const;
  const usual = eventsForSupport(plan);
  assert.ok(eventsForSupport({ ...plan, marginRatio: 0.9 }) > 3 * usual);
  assert.ok(eventsForSupport({ ...plan, share: 0.1 }) > 2 * usual);
  assert.ok(eventsForSupport({ ...plan, expectedRatio: 1.2 }) < usual);
  assert.equal(eventsForSupport({ ...plan, expectedRatio: 0.7 }), Number.POSITIVE_INFINITY);
  assert.throws(() => eventsForSupport({ ...plan, share: 0 }), StatsInputError);
});
