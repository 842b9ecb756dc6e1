import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { seeded } from '../numerics/random.ts';
import { lgamma } from '../numerics/special.ts';
import { CONCENTRATIONS, isMismatch, logMismatch } from './srm.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('the combined form equals the plain sum of log-gammas where that is precise, whatever the prior', () => {
  const positive = fc.double({ min: 0.05, max: 0.95, noNaN: true });
  fc.assert(
    fc.property(fc.nat(2_000), fc.nat(2_000), positive, positive, (a, b, share, lean) => {
      const shares = [1 - share, share];
      const prior = [5_000 * lean, 3_000 * (1 - lean)];
      const plain = [a, b].reduce(
        (sum, x, i) =>
          sum +
          lgamma((prior[i] as number) + x) -
          lgamma(prior[i] as number) -
          x * Math.log(shares[i] as number),
        lgamma((prior[0] as number) + (prior[1] as number)) -
          lgamma((prior[0] as number) + (prior[1] as number) + a + b),
      );
      near(logMismatch([{ counts: [a, b], shares }], { prior }), plain, 1e-7);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('the prior is an equal mixture of concentrations, fresh in every stage unless carried', () => {
  const stage = { counts: [480, 530], shares: [0.5, 0.5] };
  const of = (k: number) => logMismatch([stage], { k });
  const once = logMismatch([stage]);
  near(Math.exp(once), (Math.exp(of(20)) + Math.exp(of(300)) + Math.exp(of(10_000))) / 3, 1e-12);
  assert.equal(once, logMismatch([stage], { k: CONCENTRATIONS }));
  near(of(10_000), logMismatch([stage], { prior: [5_000, 5_000] }), 1e-12);
  near(logMismatch([stage, stage]), 2 * once, 1e-12);
  // Carried, two batches of one stage are one batch: the mixture, too, is carried.
  const both = { counts: [960, 1060], shares: [0.5, 0.5] };
  near(logMismatch([stage, stage], { carry: true }), logMismatch([both]), 1e-9);
  near(logMismatch([stage, stage], { carry: true, k: 100 }), logMismatch([both], { k: 100 }), 1e-9);
});

test('the total loss of an arm is seen after 22 units of the other at 50/50, 88 at 10 %, 631 at 1 %', () => {
  const needed = (share: number) => {
    let control = 0;
    while (!isMismatch(logMismatch([{ counts: [control, 0], shares: [1 - share, share] }]))) control++;
    return control;
  };
  assert.deepEqual([0.5, 0.1, 0.01].map(needed), [22, 88, 631]);
});

test('a loss that begins in a later stage is seen as soon, however long the earlier ones were clean', () => {
  const clean = { counts: [50_000, 50_000], shares: [0.5, 0.5] };
  const lost = (control: number) => ({ counts: [control, 0], shares: [0.5, 0.5] });
  assert.ok(isMismatch(logMismatch([clean, lost(30)])));
  assert.ok(isMismatch(logMismatch([clean, clean, lost(35)])));
});

test('an even split is evidence for itself, a 49/51 split of 100,000 units is a mismatch', () => {
  assert.ok(logMismatch([{ counts: [50_000, 50_000], shares: [0.5, 0.5] }]) < 0);
  assert.ok(isMismatch(logMismatch([{ counts: [49_000, 51_000], shares: [0.5, 0.5] }])));
  assert.deepEqual(
    [isMismatch(Math.log(100)), isMismatch(Math.log(99.9)), isMismatch(Math.log(20), 0.05)],
    [true, false, true],
  );
  assert.equal(logMismatch([{ counts: [0, 0], shares: [0.5, 0.5] }]), 0);
});

test('shares written with few digits are taken for what they mean', () => {
  const counts = [333_333_333_333, 333_333_333_333, 333_333_333_333];
  const rounded = logMismatch([{ counts, shares: [0.3333, 0.3333, 0.3333] }]);
  near(rounded, logMismatch([{ counts, shares: [1 / 3, 1 / 3, 1 / 3] }]), 1e-9);
  assert.ok(rounded < 0);
});

test('a trillion units stay a finite number of the right size', () => {
  // z = 1: ln e is z²/2 - ½ ln(n/k) there.
  const trillion = [{ counts: [5e11, 5e11 + 1e6], shares: [0.5, 0.5] }];
  near(logMismatch(trillion, { k: 10_000 }), 0.5 - 0.5 * Math.log(1e8), 1e-3);
  near(logMismatch(trillion), logMismatch(trillion, { k: 10_000 }) - Math.log(3), 0.25);
  assert.ok(Number.isFinite(logMismatch([{ counts: [1e12, 0], shares: [0.001, 0.999] }])));
});

test('peeking after every ten units of a fair assignment finds no more mismatches than 1 % of 500 runs explains', () => {
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
  assert.throws(
    () => logMismatch([{ counts: [1, -2], shares: [0.5, 0.5] }]),
    /stages\[0\]\.counts\[1\] is -2/,
  );
  assert.throws(() => logMismatch([{ counts: [1, 2], shares: [0, 1] }]), /stages\[0\]\.shares\[0\] is 0/);
  assert.throws(
    () => logMismatch([{ counts: [1, 2, 3], shares: [0.5, 0.5] }]),
    /stages\[0\]: give one count/,
  );
  const fair = { counts: [1, 2], shares: [0.5, 0.5] };
  assert.throws(() => logMismatch([fair], { k: 0 }), /k is 0/);
  assert.throws(() => logMismatch([fair], { k: [] }), /k is empty/);
  assert.throws(() => logMismatch([fair], { k: [10, 1e13] }), /k is 10000000000000/);
  assert.throws(() => logMismatch([fair], { prior: [1, 0] }), /prior\[1\] is 0/);
  assert.throws(
    () => logMismatch([fair], { prior: [1] }),
    /stages\[0\]: the prior is for 1 arms, there are 2/,
  );
});
