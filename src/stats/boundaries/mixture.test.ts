import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { gaussLegendre } from '../numerics/quadrature.ts';
import { bestRho, betaMixture, type Family, logMixture, mixtureBound } from './mixture.ts';
import { distributionBand, doubleStitching, polynomialStitching } from './stitching.ts';

const FAMILIES: Family[] = [
  { kind: 'normal', sides: 1 },
  { kind: 'normal', sides: 2 },
  { kind: 'beta-binomial', sides: 1, g: 0.3, h: 0.7 },
  { kind: 'beta-binomial', sides: 2, g: 0.3, h: 0.7 },
  { kind: 'gamma-poisson', c: 0.5 },
  { kind: 'gamma-exponential', c: 0.5 },
];

test('the bound is where the mixture reaches the threshold', () => {
  for (const family of FAMILIES) {
    for (const [v, alpha] of [
      [50, 0.05],
      [1_000, 0.001],
    ] as const) {
      const s = mixtureBound(family, v, alpha, 200);
      assert.ok(Math.abs(logMixture(family, s, v, 200) - Math.log(1 / alpha)) < 1e-8, `${family.kind} ${s}`);
    }
  }
});

test('a bound grows with time, and with smaller alpha', () => {
  for (const family of FAMILIES) {
    const bound = mixtureBound(family, 100, 0.05, 100);
    assert.ok(mixtureBound(family, 150, 0.05, 100) > bound);
    assert.ok(mixtureBound(family, 100, 0.01, 100) > bound);
  }
});

test('the tuning makes the bound tightest at its time', () => {
  const at = (vOpt: number) => mixtureBound({ kind: 'normal', sides: 2 }, 100, 0.05, vOpt);
  assert.ok(at(100) < at(70) && at(100) < at(140));
  assert.ok(Math.abs(bestRho(100, 0.05, 1) - bestRho(100, 0.1, 2)) < 1e-12, 'one-sided with 2 alpha');
});

test('increments that are bounded cannot reach a bound beyond what they allow', () => {
  const family = { kind: 'beta-binomial', sides: 1, g: 0.5, h: 0.5 } as const;
  assert.equal(mixtureBound(family, 1, 1e-9, 100), Number.POSITIVE_INFINITY);
  assert.throws(() => logMixture(family, 2, 1, 100), /s is 2: with increments/);
  assert.throws(() => logMixture(family, -2, 1, 100), StatsInputError);
});

test('the Beta mixture is the average likelihood ratio over its prior', () => {
  const { nodes, weights } = gaussLegendre(96);
  const integral = (x: number, a: number, b: number, seen: [number, number], top: number) => {
    let [value, mass] = [0, 0];
    nodes.forEach((node, i) => {
      const t = ((node + 1) / 2) * top;
      const prior = (weights[i] as number) * t ** (a - 1) * (1 - t) ** (b - 1);
      mass += prior;
      value += prior * (t / x) ** seen[0] * ((1 - t) / (1 - x)) ** seen[1];
    });
    return Math.log(value / mass);
  };
  for (const seen of [
    [3, 9],
    [12, 4],
    [0, 0],
    [0, 7],
  ] as [number, number][]) {
    assert.ok(Math.abs(betaMixture(0.4, [4, 6], 2)(...seen) - integral(0.4, 4, 6, seen, 1)) < 1e-10);
    assert.ok(Math.abs(betaMixture(0.4, [4, 6], 1)(...seen) - integral(0.4, 4, 6, seen, 0.4)) < 1e-10);
  }
});

test('sums below what the increments allow are refused', () => {
  for (const kind of ['gamma-poisson', 'gamma-exponential'] as const) {
    assert.ok(Number.isFinite(logMixture({ kind, c: 2 }, -49, 100, 100)));
    assert.throws(() => logMixture({ kind, c: 2 }, -51, 100, 100), /s is -51: with these increments/);
  }
});

test('parameters out of range are refused by name', () => {
  const bad: [() => number, RegExp][] = [
    [() => logMixture({ kind: 'normal', sides: 2 }, 1, 0, 100), /v is 0/],
    [() => logMixture({ kind: 'gamma-poisson', c: 0 }, 1, 1, 100), /c is 0/],
    [() => logMixture({ kind: 'gamma-exponential', c: Number.NaN }, 1, 1, 100), /c is NaN/],
    [() => logMixture({ kind: 'beta-binomial', sides: 1, g: 0, h: 1 }, 0, 1, 100), /g is 0/],
    [() => logMixture({ kind: 'beta-binomial', sides: 1, g: 1, h: -1 }, 0, 1, 100), /h is -1/],
    [() => mixtureBound({ kind: 'normal', sides: 2 }, 1, 1, 100), /alpha is 1/],
    [() => mixtureBound({ kind: 'normal', sides: 2 }, -1, 0.05, 100), /v is -1/],
    [() => bestRho(0, 0.05, 2), /vOpt is 0/],
    [() => bestRho(1, 0.5, 1), /2 alpha is 1/],
    [() => polynomialStitching(5, 0.05, 10, 1), /v is 5/],
    [() => polynomialStitching(50, 0.05, 10, -1), /c is -1/],
    [() => doubleStitching(1, 100, 0.05, 100), /p is 1/],
    [() => doubleStitching(0.5, 99, 0.05, 100), /t is 99/],
    [() => distributionBand(-1, 0.05), /n is -1/],
    [() => distributionBand(100, 0), /alpha is 0/],
    [() => distributionBand(100, 0.05, 0), /tMin is 0/],
  ];
  for (const [run, message] of bad)
    assert.throws(run, (error) => error instanceof StatsInputError && message.test(error.message));
});

test('a band says nothing before its first sample size and shrinks after it', () => {
  assert.equal(distributionBand(99, 0.05), 1);
  assert.equal(distributionBand(10, 1e-9, 10), 1, 'never more than the whole');
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 1e6 }),
      fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
      (n, alpha) => {
        const band = distributionBand(n, alpha);
        assert.ok(band > 0 && band <= 1);
        assert.ok(distributionBand(2 * n, alpha) <= band && distributionBand(n, alpha / 2) >= band);
      },
    ),
    { seed: 7, numRuns: 20 },
  );
});
