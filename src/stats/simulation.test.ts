/** Plans beside simulated runs: what they promise of time is what happens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as mean from './means/mean.ts';
import { seeded } from './numerics/random.ts';
import { eventsForSupport, valuesForMean } from './planning/plan.ts';
import { latchHypothesis, weighCounts } from './verdict.ts';

const PLAN = {
  direction: 'up',
  marginRatio: 0.8,
  share: 0.5,
  alpha: 0.05,
  power: 0.8,
  expectedRatio: 1,
} as const;

/** Events after which simulated runs are supported, sorted; looked at every five events. */
function eventsToSupport(ratio: number, marginRatio: number, runs: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: runs }, () => {
    const stage = { control: 0, treatment: 0, share: 0.5 };
    for (let events = 1; events < 20_000; events++) {
      stage[random.chance(ratio / (1 + ratio)) ? 'treatment' : 'control']++;
      if (events % 5 > 0) continue;
      const evidence = weighCounts([stage], { direction: 'up', marginRatio });
      if (latchHypothesis(undefined, evidence, 0.05, 0)?.state === 'supported') return events;
    }
    return Number.POSITIVE_INFINITY;
  }).sort((a, b) => a - b);
}

test('half of simulated runs have decided by the median of the plan, 80 % by its sample', (context) => {
  for (const [ratio, seed] of [
    [1, 4],
    [1.2, 5],
  ] as const) {
    const { median, sample } = eventsForSupport({ ...PLAN, expectedRatio: ratio });
    const simulated = eventsToSupport(ratio, 0.8, 300, seed);
    const part = (events: number) => simulated.filter((each) => each <= events).length / simulated.length;
    context.diagnostic(`ratio ${ratio}: ${part(median)} by ${median} events, ${part(sample)} by ${sample}`);
    assert.ok(Math.abs(part(median) - 0.5) < 0.12 && Math.abs(part(sample) - 0.8) < 0.09);
  }
});

test('80 % of simulated runs on a mean have decided by the sample of the plan', () => {
  const plan = { sd: 0.6, expected: Math.log(1.1), null: 0, share: 0.5, alpha: 0.05, power: 0.8 };
  const { sample, plannedN } = valuesForMean(plan);
  const random = seeded(8);
  const decided = Array.from({ length: 200 }, () => {
    let sum = 0;
    for (let n = 20; ; n += 20) {
      const z = Array.from({ length: 12 }, () => random.next()).reduce((total, u) => total + u, -6);
      sum += 20 * plan.expected + z * Math.sqrt(20 * 4 * 0.36);
      const half = mean.halfWidth({ n, variance: (4 * 0.36) / n }, { alpha: 0.05, plannedN, sides: 1 });
      if (n >= 200 && sum / n >= half) return n;
    }
  });
  const part = decided.filter((n) => n <= sample).length / decided.length;
  assert.ok(Math.abs(part - 0.8) < 0.1, `${part}`);
});
