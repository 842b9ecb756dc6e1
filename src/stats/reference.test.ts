/** Published reference values that the core has to reproduce, each with its source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestRho, type Family, logMixture, mixtureBound } from './boundaries/mixture.ts';
import { distributionBand, doubleStitching, polynomialStitching } from './boundaries/stitching.ts';
import * as proportion from './counts/proportion.ts';
import { logMismatch } from './counts/srm.ts';
import { confidenceSequence, type Estimate, estimateOf, halfWidth, logEvidence } from './means/mean.ts';
import { logEvidence as coefficientEvidence, optimalG, radius } from './means/regression.ts';
import { findRoot } from './numerics/root.ts';
import { lgamma } from './numerics/special.ts';
import { logEvidenceOfDifference } from './quantiles/quantile.ts';

const near = (actual: number | null, expected: number, tolerance = 1e-5) =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

const NORMAL = { kind: 'normal', sides: 2 } as const;
const BETA = { kind: 'beta-binomial', sides: 2, g: 0.2, h: 0.8 } as const;
const bound = (family: Family) => mixtureBound(family, 100, 0.05, 100);
const at10 = (family: Family) => logMixture(family, 10, 100, 100);

test('confseq: the normal mixture, its tuning and its bounds', () => {
  near(bestRho(100, 0.05, 2), 12.60056);
  near(bound(NORMAL), 30.35209);
  near(bound({ ...NORMAL, sides: 1 }), 27.66071);
  near(at10(NORMAL), -0.6510052);
  near(at10({ ...NORMAL, sides: 1 }), -0.06502391);
});

test('confseq: the beta-binomial mixture', () => {
  near(at10(BETA), -0.6941012);
  near(at10({ ...BETA, sides: 1 }), -0.07134019);
  near(bound(BETA), 31.4308);
  near(bound({ ...BETA, sides: 1 }), 28.41238);
});

test('confseq: the gamma-Poisson and gamma-exponential mixtures', () => {
  near(at10({ kind: 'gamma-poisson', c: 2 }), -0.06991219);
  near(bound({ kind: 'gamma-poisson', c: 2 }), 30.1949);
  near(at10({ kind: 'gamma-exponential', c: 2 }), -0.2490165);
  near(bound({ kind: 'gamma-exponential', c: 2 }), 33.02017);
});

test('confseq: the band of a distribution function, and the published constants', () => {
  near(distributionBand(1_000, 0.05), 0.08204769);
  const constants: [number, number][] = [
    [0.05, 8.122719346],
    [0.025, 8.622649283],
    [0.01, 9.283543354],
    [0.005, 9.783365215],
  ];
  for (const [alpha, c] of constants)
    near(1_000 * (distributionBand(1_000, alpha) / 0.85) ** 2 - Math.log1p(Math.log(10)), c, 1e-8);
});

test('confseq: polynomial and double stitching', () => {
  near(polynomialStitching(100, 0.05, 10, 3), 64.48755);
  near(doubleStitching(0.5, 1_000, 0.05, 100), 68.62803);
  near(doubleStitching(0.9, 1_000, 0.05, 100), 43.72119);
  near(doubleStitching(0.1, 1_000, 0.05, 100), 59.96521);
});

test('confseq: the confidence sequence of a Bernoulli probability', () => {
  const sequence = (events: number, n: number, tOpt: number) =>
    proportion.confidenceSequence({ events, n }, { alpha: 0.05, tOpt });
  const table: [number, number, number, number, number][] = [
    [700, 1_000, 100, 0.651629, 0.745949],
    [15, 50, 50, 0.129556, 0.511896],
    [1, 50, 50, 0, 0.13489],
  ];
  for (const [events, n, tOpt, low, high] of table) {
    const [from, to] = sequence(events, n, tOpt);
    near(from, low);
    near(to, high);
  }
});

test('confseq: the p-value of a difference between two quantiles, with ties', () => {
  const sequence = (offset: number) => Array.from({ length: 1_000 }, (_, i) => i + 1 + offset);
  const table: [number, number, number][] = [
    [0.5, 70, 0.814704],
    [0.5, 85, 0.0838055],
    [0.5, 100, 0.0054947],
    [0.9, 55, 0.0340463],
  ];
  for (const [quantile, offset, p] of table) {
    const arms = { control: sequence(0), treatment: sequence(offset) };
    near(Math.exp(-logEvidenceOfDifference(arms, { quantile, plannedN: 100 })), p, 1e-6);
  }
});

test('ssrm: the marginal likelihoods of a sample-ratio test, batch by batch', () => {
  const batches = [
    [20, 17, 9],
    [18, 21, 8],
    [4, 6, 4],
    [18, 19, 11],
  ];
  const shares = [0.4, 0.4, 0.2];
  const alternative = [-7.028201432058012, -11.947847738358888, -15.471401950257842, -19.96484521090386];
  const nullModel = [-4.0776406466061985, -8.265946861099877, -11.610743519545139, -15.781031228536165];
  let logNull = 0;
  batches.forEach((counts, i) => {
    logNull += counts.reduce(
      (sum, count, arm) => sum + count * Math.log(shares[arm] as number) - lgamma(count + 1),
      lgamma(counts.reduce((sum, count) => sum + count, 1)),
    );
    near(logNull, nullModel[i] as number, 1e-12);
    const stages = batches.slice(0, i + 1).map((each) => ({ counts: each, shares }));
    near(logNull + logMismatch(stages, { prior: [1, 1, 1], carry: true }), alternative[i] as number, 1e-12);
  });
});

/** The delta-method lift that these references use: no verdict rests on it, it only fixes the formula of the sequence. */
function lift([n0, m0, v0]: number[], [n1, m1, v1]: number[]): Estimate {
  const [a, b] = [m0 as number, m1 as number];
  return {
    n: (n0 as number) + (n1 as number),
    difference: (b - a) / a,
    variance:
      (v1 as number) / ((n1 as number) * a ** 2) + ((v0 as number) * b ** 2) / ((n0 as number) * a ** 4),
  };
}
const coin = (events: number, n: number) => [n, events / n, (events / n) * (1 - events / n)];
const sums = (sum: number, squares: number, n: number) => [n, sum / n, (squares - (sum * sum) / n) / (n - 1)];
const CONTROL = sums(1396.87, 52377.9767, 3_000);
const TREATMENT = sums(2422.7, 134698.29, 3_461);

test('GrowthBook: the two-sided asymptotic sequence', () => {
  const conversions = lift(coin(1396, 3_000), coin(2422, 3_461));
  const question = { alpha: 0.05, plannedN: 5_000, sides: 2, direction: 'up' } as const;
  near(conversions.difference, 0.50386);
  near(Math.sqrt(conversions.variance), 0.03386);
  const [low, high] = confidenceSequence(conversions, question);
  near(low, 0.40098);
  near(high, 0.60675);
  const revenue = lift(CONTROL, TREATMENT);
  near(revenue.difference, 0.50336);
  const [from, to] = confidenceSequence(revenue, { ...question, plannedN: 1_000 });
  near(from, -0.55844);
  near(to, 1.56516);
  assert.equal(Math.min(1, Math.exp(-logEvidence(revenue, { ...question, plannedN: 1_000, null: 0 }))), 1);
});

test('GrowthBook: the one-sided asymptotic sequence and its p-value', () => {
  const arm = ([n, mean, variance]: number[]) => ({
    n: n as number,
    mean: mean as number,
    variance: variance as number,
  });
  const estimate = estimateOf([{ control: arm(CONTROL), treatment: arm(TREATMENT) }]) as Estimate;
  const question = { alpha: 0.05, plannedN: 5_000, sides: 1 } as const;
  near(estimate.difference, 0.234376667, 1e-9);
  near(confidenceSequence(estimate, { ...question, direction: 'up' })[0], -0.12656844172804982, 1e-12);
  near(confidenceSequence(estimate, { ...question, direction: 'down' })[1], 0.5953217750613832, 1e-12);
  const p = Math.exp(-logEvidence(estimate, { ...question, direction: 'up', null: 0 }));
  near(p, 0.463047);
  // The reference bisects for that p, holding rho, and gives the middle of what is left after |half - d| < 1e-6.
  const rho2 = (-2 * Math.log(0.1) + Math.log1p(-2 * Math.log(0.1))) / 5_000;
  const grown = estimate.n * rho2;
  const half = (a: number) =>
    Math.sqrt(estimate.variance * 2 * ((grown + 1) / grown) * Math.log1p(Math.sqrt(grown + 1) / (2 * a)));
  near(half(0.05), halfWidth(estimate, question), 1e-12);
  let [low, high] = [1e-5, 0.4999];
  for (let apart = 1; Math.abs(apart) >= 1e-6; ) {
    const middle = (low + high) / 2;
    apart = half(middle) - estimate.difference;
    if (apart > 0) low = middle;
    else high = middle;
  }
  const middle = (low + high) / 2;
  near(middle, 0.46316491943359384, 1e-12);
  near(p, middle, 2e-4);
});

test('avlm: the radius of a regression coefficient and the best g', () => {
  near(radius({ n: 100, k: 2 }, 0.05, 1), 3.347539742, 1e-8);
  const fit = { n: 100, k: 8 };
  const g = optimalG(fit, 0.05);
  near(g, 11.58153616, 1e-4);
  const half = radius(fit, 0.05, g);
  near(half, 3.103938, 1e-6);
  near(2.32245 - half * 0.21566, 1.6530529);
  near(2.32245 + half * 0.21566, 2.9918408);
  near(coefficientEvidence(half, fit, g), Math.log(20), 1e-9);
});

test('savvi: the multinomial example, the bounds of theta and of the odds', () => {
  const logE = (theta: number) =>
    logMismatch([{ counts: [250, 200], shares: [theta, 1 - theta] }], { prior: [50, 50] });
  near(logE(0.5), 1.4256031385, 1e-9);
  const surplus = (theta: number) => logE(1 - theta) - Math.log(20);
  // 1 - theta: the example reports the second arm.
  const low = findRoot(surplus, 0.1, 200 / 450);
  const high = findRoot(surplus, 200 / 450, 0.9);
  near(low, 0.37636742, 1e-7);
  near(high, 0.51394646, 1e-7);
  near(low / (1 - low), 0.603508);
  near(high / (1 - high), 1.057387);
});
