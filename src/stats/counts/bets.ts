/**
 * Bets on two rates: what `rates.ts` mixes over.
 *
 * Against "the rate of treatment is at most R times that of control" a unit pays the factor 1 + κ g, where, with
 * P = P(unit in treatment) and a fixed base rate b,
 *
 *   g = (Y/R - b) / P        for a unit in treatment,
 *   g = (b - Y) / (1 - P)    for one in control,        Y = 1 with the event, 0 without.
 *
 * Theorem. Let units come one at a time. Let each, given all before it, fall into treatment with the known probability P,
 * and have the event with probability p1 there and p0 in control, where p1 <= R p0. Then the product of the factors is a
 * supermartingale, for every b in [0, 1] and every κ >= 0 that leaves no factor negative.
 * Proof. E[g] = p1/R - b + b - p0 = (p1 - R p0) / R <= 0.
 * Nothing else is assumed: p0 and p1 may change from unit to unit, in any way that the past decides, and b need not be near
 * them. A stage has its own P. The product holds only the numbers of units with and without the event in each arm and
 * stage, so their order and their partition do not matter, and any mixture with fixed weights is a supermartingale too.
 *
 * These are the reverse information projections of Turner, Ly and Grünwald ("Generic E-variables for exact sequential
 * k-sample tests that allow for optional stopping", Journal of Statistical Planning and Inference 230, 2024): the
 * likelihood ratio of two rates (q0, q1) against the nearest point (b, R b) of the null is 1 + κ g, with the κ that moves b to
 * q0. With b = 0 it is the factor of `counts.ts`, which ignores units without the event. Only the factor of treated
 * events depends on R, and it falls as R grows: so evidence falls with the claim, whatever the data.
 */
import { checkBetween, StatsInputError } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import { CUT, MAX_SCALE, MIN_SCALE } from './half-normal.ts';

/**
 * Base rates b, evenly spaced in the arcsine of their roots (Jeffreys' prior): a rate between two of them takes 2 % more
 * units than one of them. Log ratios per base rate, evenly spaced in their logarithm. Twice as many of both change no
 * median by 1 % (`docs/decisions/0030-two-rates.md`).
 */
const BASE_RATES = 12;
const RATIOS = 24;
const SPACING = 0.6;
/** Width of the weight around a planned base rate, in radians of the arcsine of its root. */
const PLAN_WIDTH = 0.15;
/** Weight that stays on all base rates, whatever was planned. */
const UNPLANNED_PART = 0.2;
/** Tables that are kept: priors, shares of each, nulls of each share. */
const MAX_PRIORS = 64;
const MAX_SHARES = 16;
const MAX_NULLS = 4;

export interface BetPrior {
  /** Scales of the half-normal priors on the log of the ratio over R, an equal mixture of them. */
  scales: readonly number[];
  /** Rate of the event that was planned with, before the first look. */
  baseRate: number | undefined;
}

/** The logarithms of the factors for one share, bet by bet. */
export interface Factors {
  controlEvent: Float64Array;
  controlNone: Float64Array;
  treatmentNone: Float64Array;
  /** Of a treated unit with the event, given 1/R. */
  treatmentEvent: (inverseRatio: number) => Float64Array;
  /** The same, kept: look after look asks for the same few R. */
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
 * Half-normal log ratios up to the one that would make the event certain, 1/b. Evenly spaced logarithms, because the more
 * units there are, the nearer to the null lies the ratio that can be told from it.
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
  // A weight that underflows would be the logarithm of 0.
  return nodes
    .map(({ logRatio, weight }) => ({ logRatio, weight: weight / total }))
    .filter(({ weight }) => weight > 1e-300);
}

interface Bet {
  base: number;
  rest: number;
  growth: number;
}

/** κ is P(1-P) growth / (rest (1 + P growth)): at R = 1 the bet is on the ratio 1 + growth. */
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
