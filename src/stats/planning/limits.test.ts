import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsInputError } from '../input.ts';
import { bernoulliDivergence, meanLimits, proportionLimits } from './limits.ts';

const DEMAND = { share: 0.5, alpha: 0.05, power: 0.8 };
const perArm = (total: number) => Math.round(total / 2);

test('conversion from 5 to 4 %: the published limits per arm', () => {
  const found = proportionLimits(0.05, 0.04, DEMAND);
  assert.deepEqual(
    [found.fixedTwoSided, found.fixedOneSided, found.information, found.sequential].map(perArm),
    [6742, 5311, 5140, 3271],
  );
});

test('latency 10 % slower: the published limits per arm, of the mean logarithm and above fixed thresholds', () => {
  const logs = meanLimits(Math.log(1.1), 0.6, DEMAND);
  assert.deepEqual([logs.fixedTwoSided, logs.information].map(perArm), [622, 475]);
  const p95 = proportionLimits(0.05, 0.0686, DEMAND);
  assert.ok(
    Math.abs(p95.fixedTwoSided / 2 / 2_517 - 1) < 0.01 && Math.abs(p95.information / 2 / 1_917 - 1) < 0.01,
  );
});

test('a small share costs samples, exchanged arms none', () => {
  const small = { ...DEMAND, share: 0.05 };
  assert.ok(
    proportionLimits(0.05, 0.04, small).information > 4 * proportionLimits(0.05, 0.04, DEMAND).information,
  );
  for (const key of ['fixedOneSided', 'information', 'sequential'] as const) {
    const mirrored = proportionLimits(0.04, 0.05, { ...small, share: 0.95 })[key];
    assert.ok(Math.abs(proportionLimits(0.05, 0.04, small)[key] / mirrored - 1) < 1e-9);
  }
  const ratio = meanLimits(1, 1, small).information / meanLimits(1, 1, DEMAND).information;
  assert.ok(Math.abs(ratio - 0.25 / (0.05 * 0.95)) < 1e-9);
});

test('the divergence of coins', () => {
  assert.ok(Math.abs(bernoulliDivergence(0.75, 0.5) - (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5))) < 1e-15);
  assert.ok(Math.abs(bernoulliDivergence(0, 0.2) + Math.log(0.8)) < 1e-15);
  assert.ok(Math.abs(bernoulliDivergence(1, 0.2) + Math.log(0.2)) < 1e-15);
});

test('equal arms and numbers out of range are refused', () => {
  const bad: [() => unknown, RegExp][] = [
    [() => proportionLimits(0.05, 0.05, DEMAND), /the arms are equal/],
    [() => proportionLimits(0, 0.05, DEMAND), /control is 0/],
    [() => proportionLimits(0.05, 1, DEMAND), /treatment is 1/],
    [() => meanLimits(Number.NaN, 1, DEMAND), /difference is NaN/],
    [() => meanLimits(1, 0, DEMAND), /sd is 0/],
    [() => meanLimits(1, 1, { ...DEMAND, share: 1 }), /share is 1/],
    [() => meanLimits(1, 1, { ...DEMAND, alpha: 0 }), /alpha is 0/],
    [() => meanLimits(1, 1, { ...DEMAND, power: 1 }), /power is 1/],
    [() => meanLimits(1, 1, { ...DEMAND, power: 0.05 }), /power is 0\.05: it must exceed alpha/],
  ];
  for (const [run, message] of bad)
    assert.throws(run, (error) => error instanceof StatsInputError && message.test(error.message));
});
