import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from './input.ts';
import { seeded } from './random.ts';
import { bisect, lgamma } from './special.ts';
import { isMismatch, logMismatch } from './srm.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('the multinomial example of savvi: ln e, the bounds of theta and of the odds', () => {
  const logE = (theta: number) => {
    // The prior stays at the intended half; only the null share moves.
    const at = logMismatch([{ counts: [250, 200], shares: [0.5, 0.5] }], 100);
    return at - 250 * Math.log(theta / 0.5) - 200 * Math.log((1 - theta) / 0.5);
  };
  near(logE(0.5), 1.4256031385, 1e-9);
  const L = Math.log(20);
  // 1 - theta: the example reports the second arm.
  const low = bisect((theta) => logE(1 - theta) - L, 0.1, 200 / 450);
  const high = bisect((theta) => logE(1 - theta) - L, 200 / 450, 0.9);
  near(low, 0.37636742, 1e-7);
  near(high, 0.51394646, 1e-7);
  near(low / (1 - low), 0.603508, 1e-5);
  near(high / (1 - high), 1.057387, 1e-5);
});

test('the combined form equals the plain sum of log-gammas where that is precise', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.nat(2_000),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      (a, b, share) => {
        const k = 10_000;
        const shares = [1 - share, share];
        const plain = [a, b].reduce(
          (sum, x, i) =>
            sum +
            lgamma(k * (shares[i] as number) + x) -
            lgamma(k * (shares[i] as number)) -
            x * Math.log(shares[i] as number),
          lgamma(k) - lgamma(k + a + b),
        );
        near(logMismatch([{ counts: [a, b], shares }]), plain, 1e-7);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

test('an even split is evidence for itself, a 49/51 split of 100,000 units is a mismatch', () => {
  assert.ok(logMismatch([{ counts: [50_000, 50_000], shares: [0.5, 0.5] }]) < 0);
  assert.ok(isMismatch(logMismatch([{ counts: [49_000, 51_000], shares: [0.5, 0.5] }])));
  assert.equal(logMismatch([{ counts: [0, 0], shares: [0.5, 0.5] }]), 0);
});

test('a trillion units stay a finite number of the right size', () => {
  // z = 1: ln e is z²/2 - ½ ln(n/k) there.
  near(logMismatch([{ counts: [5e11, 5e11 + 1e6], shares: [0.5, 0.5] }]), 0.5 - 0.5 * Math.log(1e8), 1e-3);
  assert.ok(Number.isFinite(logMismatch([{ counts: [1e12, 0], shares: [0.001, 0.999] }])));
});

test('peeking after every ten units of a fair assignment finds a mismatch in at most 1 % of runs', () => {
  const random = seeded(17);
  let alarms = 0;
  for (let run = 0; run < 500; run++) {
    const counts = [0, 0];
    let crossed = false;
    for (let unit = 1; unit <= 3_000 && !crossed; unit++) {
      (counts[random.chance(0.5) ? 1 : 0] as number) += 1;
      if (unit % 10 === 0) crossed = isMismatch(logMismatch([{ counts, shares: [0.5, 0.5] }]));
    }
    if (crossed) alarms++;
  }
  assert.ok(alarms <= 10, `${alarms} of 500`);
});

test('counts and shares that do not fit are refused', () => {
  assert.throws(() => logMismatch([{ counts: [1], shares: [1] }]), StatsInputError);
  assert.throws(() => logMismatch([{ counts: [1, 2], shares: [0.5, 0.4] }]), /sum to 0\.9/);
  assert.throws(() => logMismatch([{ counts: [1, -2], shares: [0.5, 0.5] }]), /counts\[1\] is -2/);
});
