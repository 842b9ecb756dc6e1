/**
 * Bets on two rates, the components of the mixture in `rates.ts`.
 *
 * A bet against "the rate of treatment is at most R times that of control" multiplies its wealth by 1 + κ g at each
 * unit. With P = P(unit in treatment) and a fixed base rate b,
 *
 *   g = (Y/R - b) / P        for a unit in treatment,
 *   g = (b - Y) / (1 - P)    for one in control,        Y = 1 with the event, 0 without.
 *
 * Theorem. Let units arrive one at a time. Given all units before it, let each unit fall into treatment with the known
 * probability P, and let it have the event with probability p1 in treatment and p0 in control, where p1 <= R p0. Then
 * the wealth is a supermartingale, for every b in [0, 1] and every κ >= 0 that keeps all factors non-negative.
 * Proof. E[g] = p1/R - b + b - p0 = (p1 - R p0) / R <= 0.
 *
 * Nothing else is assumed. The rates may change from unit to unit in any way that depends on the past, and b need not
 * be near them. Each stage has its own P. The wealth depends only on the counts of units per arm, outcome and stage, so
 * order and partition of the data do not matter. A mixture with fixed weights is a supermartingale too.
 *
 * The factors are the reverse information projections of Turner, Ly and Grünwald ("Generic E-variables for exact
 * sequential k-sample tests that allow for optional stopping", Journal of Statistical Planning and Inference 230,
 * 2024): the likelihood ratio of two rates (q0, q1) against their nearest point (b, R b) of the null is 1 + κ g. At b = 0
 * it is the factor of `counts.ts`, which ignores units without the event. Only the factor of treated events depends
 * on R, and it decreases in R: so evidence decreases in the claimed ratio, for all data.
 */
import { checkBetween, StatsInputError } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import { CUT, MAX_SCALE, MIN_SCALE } from './half-normal.ts';

/**
 * Base rates b, evenly spaced in arcsin(sqrt(b)) (Jeffreys' prior), and log ratios per base rate, evenly spaced in
 * their logarithm. Doubling both numbers changes no median by more than 1 % (`docs/decisions/0029-two-rates.md`).
 */
const BASE_RATES = 12;
const RATIOS = 24;
const SPACING = 0.6;
/**
 * Standard deviation of the prior around a planned base rate, in arcsin(sqrt(b)), and the weight that stays uniform.
 */
const PLAN_WIDTH = 0.15;
const UNPLANNED_PART = 0.1;
/** Cached tables: priors, shares per prior, nulls per share. */
const MAX_PRIORS = 64;
const MAX_SHARES = 16;
const MAX_NULLS = 4;

export interface BetPrior {
  /** Scales of the half-normal priors on the log of the ratio over R, an equal mixture of them. */
  scales: readonly number[];
  /** The expected rate of the event in control, fixed before the first look. */
  baseRate: number | undefined;
}

/** Logarithms of the factors of all bets, for one share. */
export interface Factors {
  controlEvent: Float64Array;
  controlNone: Float64Array;
  treatmentNone: Float64Array;
  /** For a treated unit with the event, given 1/R. */
  treatmentEvent: (inverseRatio: number) => Float64Array;
  /** The same, cached: every look asks for the same few R. */
  keptTreatmentEvent: (inverseRatio: number) => Float64Array;
}

export interface Bets {
  logWeight: Float64Array;
  factors: (share: number) => Factors;
}

/** The bets of a prior; their weights sum to 1. Throws `StatsInputError` on scales or rates out of range. */
export const betsOf = memoized(
  makeBets,
  MAX_PRIORS,
  ({ scales, baseRate }: BetPrior) => `${scales}|${baseRate}`,
);

function makeBets({ scales, baseRate }: BetPrior): Bets {
  if (scales.length === 0) throw new StatsInputError('scales is empty: give at least one');
  for (const [i, scale] of scales.entries()) checkBetween(scale, MIN_SCALE, MAX_SCALE, `scales[${i}]`);
  const angles = Array.from({ length: BASE_RATES }, (_, i) => ((i + 0.5) / BASE_RATES) * (Math.PI / 2));
  const parts = baseWeights(angles, baseRate);
  const bets = angles.flatMap((angle, i) => {
    const base = Math.sin(angle) ** 2;
    const rest = Math.cos(angle) ** 2;
    const ratios = logRatios(scales, base);
    return ratios.map(({ logRatio, weight }) => ({
      base,
      growth: Math.expm1(logRatio),
      rest,
      weight: weight * (parts[i] as number),
    }));
  });
  return {
    logWeight: Float64Array.from(bets, ({ weight }) => Math.log(weight)),
    factors: memoized((share) => factorsOf(bets, share), MAX_SHARES),
  };
}

function baseWeights(angles: readonly number[], baseRate: number | undefined): number[] {
  if (baseRate === undefined) return angles.map(() => 1 / angles.length);
  checkBetween(baseRate, 0, 1, 'baseRate');
  const planned = Math.asin(Math.sqrt(baseRate));
  const near = angles.map((angle) => Math.exp(-0.5 * ((angle - planned) / PLAN_WIDTH) ** 2));
  const total = near.reduce((sum, each) => sum + each, 0);
  return near.map((each) => UNPLANNED_PART / angles.length + ((1 - UNPLANNED_PART) * each) / total);
}

/**
 * Log ratios with half-normal weights, up to ln(1/b), at which the event becomes certain. Their logarithms are evenly
 * spaced: the more units, the nearer to the null is the ratio that can be detected.
 */
function logRatios(scales: readonly number[], base: number) {
  const highest = Math.min(CUT * Math.max(...scales), -Math.log(base));
  const density = (u: number) =>
    scales.reduce((sum, scale) => sum + Math.exp(-0.5 * (u / scale) ** 2) / scale, 0);
  const nodes = Array.from({ length: RATIOS }, (_, i) => {
    const logRatio = highest * Math.exp(-SPACING * (i + 0.5));
    return { logRatio, weight: logRatio * density(logRatio) };
  });
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  // Nodes whose weight underflows have no logarithm.
  return nodes
    .map(({ logRatio, weight }) => ({ logRatio, weight: weight / total }))
    .filter(({ weight }) => weight > 1e-300);
}

interface Bet {
  base: number;
  rest: number;
  growth: number;
}

/** κ = P (1-P) growth / (rest (1 + P growth)): at R = 1 the bet is on the ratio 1 + growth. */
function factorsOf(bets: readonly Bet[], share: number): Factors {
  const stake = ({ growth, rest }: Bet) => growth / (rest * (1 + share * growth));
  const slope = Float64Array.from(bets, (bet) => (1 - share) * stake(bet));
  const base = Float64Array.from(bets, (bet) => bet.base);
  const treatmentEvent = (inverseRatio: number) => {
    const logs = new Float64Array(slope.length);
    for (let i = 0; i < logs.length; i++) {
      logs[i] = Math.log1p((slope[i] as number) * (inverseRatio - (base[i] as number)));
    }
    return logs;
  };
  return {
    controlEvent: Float64Array.from(bets, ({ growth }) => -Math.log1p(share * growth)),
    controlNone: Float64Array.from(bets, (bet) => Math.log1p(share * bet.base * stake(bet))),
    treatmentNone: Float64Array.from(bets, (bet) => Math.log1p(-(1 - share) * bet.base * stake(bet))),
    treatmentEvent,
    keptTreatmentEvent: memoized(treatmentEvent, MAX_NULLS),
  };
}
