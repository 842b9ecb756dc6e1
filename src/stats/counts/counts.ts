/**
 * Rates of rare or common 0/1 outcomes (conversions, errors): the exact conditional e-process.
 *
 * Given that an event happened, it happened in treatment with probability θ(lr) = o e^lr / (1 + o e^lr), where
 * o = share/(1-share) and lr is the log of the rate ratio. The likelihood ratio of lr0±u against lr0 is a martingale
 * under lr0 and a supermartingale on the far side of it, so its mixture over u > 0 is an e-process for the one-sided
 * null (Ville's inequality; Lindon and Malek, "Anytime-Valid Inference For Multinomial Count Data", NeurIPS 2022;
 * mixtures after Robbins 1970). It is exact at any count, share and drifting base rate; it trusts the share, so a
 * sample-ratio mismatch (`srm.ts`) voids it.
 *
 * The mixture is half-normal, on Gauss-Legendre nodes whose weights are renormalised to sum to 1: then it is an
 * e-process for the discrete prior on these nodes, whatever the quadrature error. The nodes crowd towards 0 (20 panels,
 * each half as wide as the one before, with 10 nodes each), because the more events there are, the nearer to the null lies
 * the effect that can be told from it. Far from the null the likelihood is narrower than the gaps between nodes, so above
 * 25 nats the integral itself is computed around its peak. Evidence agrees with the integral to 1e-6 from one event to
 * 10^10, and the bounds of 10^12 events still narrow with their number.
 */
import { checkBetween, checkFraction, checkStages, type StageCounts, StatsInputError } from '../input.ts';
import { logIntegral } from '../numerics/integral.ts';
import { memoized } from '../numerics/memo.ts';
import { gaussLegendre } from '../numerics/quadrature.ts';
import { findCrossing, findRoot } from '../numerics/root.ts';
import { logSumExp, softplus } from '../numerics/special.ts';

const PANELS = 20;
const NODES_PER_PANEL = 10;
const MIN_SCALE = 1e-4;
const MAX_SCALE = 10;
const MAX_U = 12;
/** Log ratios are looked for within ±100: e^100 is beyond any ratio of counts that a computer can hold. */
const MAX_LOG_RATIO = 100;
const BOUND_TOLERANCE = 1e-10;
/** Up to this evidence, nats, the nodes agree with the integral to 1e-6. */
const MAX_NODE_EVIDENCE = 25;

/**
 * An equal mixture of these is robust: small harms and disasters are both found early. Against (0.2, 1) it takes 10 % less
 * for errors from 1 to 20 % and 5 % less from 1 to 2 %, and 10 % more for a tenth more errors (`bench/stats`).
 */
export const ROBUST_SCALES: readonly number[] = [0.3, 1.2];

export interface OneSided {
  /** `up` is evidence that the ratio lies above the null, `down` that it lies below. */
  direction: 'up' | 'down';
  /** The boundary of the null hypothesis: ln of the rate ratio treatment / control. */
  nullLogRatio: number;
  /** Scales of the half-normal priors on the distance from the null, an equal mixture of them. */
  scales: readonly number[];
}

/**
 * Natural log of the e-value against "the ratio is on the other side of `nullLogRatio`", over all stages with one common
 * ratio. Valid at every look; the null is rejected at level alpha once this has reached ln(1/alpha).
 * Throws `StatsInputError` on counts that are not whole, shares outside (0, 1), or scales outside [0.0001, 10].
 */
export function logEvidence(stages: readonly StageCounts[], question: OneSided): number {
  checkStages(stages);
  checkBetween(question.nullLogRatio, -MAX_LOG_RATIO, MAX_LOG_RATIO, 'nullLogRatio');
  const side = priorOf(question.scales)[question.direction];
  const periods = pooled(stages);
  return periods.length === 0 ? 0 : mixtureOf(periods, question.nullLogRatio, side, side.keptCosts);
}

export interface RatioBounds {
  /** Maximum-likelihood ratio of the rates, treatment / control: 0, Infinity, or null without events. */
  ratio: number | null;
  /** Bounds of the confidence sequence; null where it is open. */
  low: number | null;
  high: number | null;
}

/**
 * The confidence sequence of the ratio of rates at `alpha` on each side: the ratios that neither one-sided e-process
 * has rejected. It always contains the estimate. `scales.up` are those of the evidence for more (they make the lower
 * bound), `scales.down` those of the evidence for less.
 */
export function ratioBounds(
  stages: readonly StageCounts[],
  { alpha, scales }: { alpha: number; scales: { up: readonly number[]; down: readonly number[] } },
): RatioBounds {
  checkStages(stages);
  checkFraction(alpha, 'alpha');
  const { up } = priorOf(scales.up);
  const { down } = priorOf(scales.down);
  const needed = Math.log(1 / alpha);
  const periods = pooled(stages);
  const estimate = logRatioOf(periods);
  if (estimate === null) return { ratio: null, low: null, high: null };
  const centre = Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, estimate));
  const bound = (side: Nodes, direction: 1 | -1) =>
    findCrossing((logRatio) => mixtureOf(periods, logRatio, side, side.costs) - needed, {
      from: centre,
      step: direction * firstStep(periods),
      limit: direction * MAX_LOG_RATIO,
      tolerance: BOUND_TOLERANCE,
    });
  const low = bound(up, -1);
  const high = bound(down, 1);
  return {
    ratio: Math.exp(estimate),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
  };
}

/** About how far a bound lies from the estimate: four standard errors of the log ratio at equal shares. */
function firstStep(stages: readonly StageCounts[]): number {
  return 8 / Math.sqrt(stages.reduce((sum, { control, treatment }) => sum + control + treatment, 0));
}

/** Periods with the same share are one: the likelihood ratio has only their sums in it. */
function pooled(stages: readonly StageCounts[]): StageCounts[] {
  const byShare = new Map<number, StageCounts>();
  for (const { control, treatment, share } of stages) {
    if (control + treatment === 0) continue;
    const known = byShare.get(share);
    if (known) {
      known.control += control;
      known.treatment += treatment;
    } else byShare.set(share, { control, treatment, share });
  }
  return [...byShare.values()];
}

/**
 * The ratio that makes the observed split of the events likeliest, as a logarithm: the root of
 * Σ treatment - Σ n θ(lr). ±Infinity when one arm has no events, null when neither has.
 */
function logRatioOf(stages: readonly StageCounts[]): number | null {
  const control = stages.reduce((sum, stage) => sum + stage.control, 0);
  const treatment = stages.reduce((sum, stage) => sum + stage.treatment, 0);
  if (control + treatment === 0) return null;
  if (control === 0) return Number.POSITIVE_INFINITY;
  if (treatment === 0) return Number.NEGATIVE_INFINITY;
  const [only, another] = stages;
  // Of one period the ratio of the counts, to its last digit.
  if (only && !another) return Math.log(only.treatment / only.control) - logOdds(only.share);
  const surplus = (logRatio: number) =>
    stages.reduce((sum, { control, treatment, share }) => {
      const theta = 1 / (1 + Math.exp(-(logOdds(share) + logRatio)));
      return sum + treatment * (1 - theta) - control * theta;
    }, 0);
  return findRoot(surplus, -MAX_LOG_RATIO, MAX_LOG_RATIO);
}

function logOdds(share: number): number {
  return Math.log(share) - Math.log1p(-share);
}

/** The nodes of one side of the prior. */
interface Nodes {
  /** Distances from the null, signed. */
  u: Float64Array;
  logWeight: Float64Array;
  /**
   * ln(1 + θ(e^u - 1)) at every node: ln(θ'/θ) = u - that and ln((1-θ')/(1-θ)) = -that, so that a likelihood ratio is no
   * difference of large numbers.
   */
  costs: (theta: number) => Float64Array;
  /** The same, kept: look after look asks for the few shares and margins of a run. */
  keptCosts: (theta: number) => Float64Array;
  /** What the nodes stand for: the direction of the distances, and the prior before it is normalised. */
  sign: 1 | -1;
  scales: readonly number[];
  length: number;
  logMass: number;
}

interface Prior {
  up: Nodes;
  down: Nodes;
}

function mixtureOf(
  stages: readonly StageCounts[],
  nullLogRatio: number,
  side: Nodes,
  costs: Nodes['costs'],
): number {
  const { u, logWeight } = side;
  const terms = Float64Array.from(logWeight);
  for (const { control, treatment, share } of stages) {
    const n = control + treatment;
    const cost = costs(Math.exp(-softplus(-(logOdds(share) + nullLogRatio))));
    for (let i = 0; i < terms.length; i++) {
      (terms[i] as number) += treatment * (u[i] as number) - n * (cost[i] as number);
    }
  }
  const logE = logSumExp(terms);
  return logE <= MAX_NODE_EVIDENCE ? logE : integralOf(stages, nullLogRatio, side);
}

/**
 * The integral that the nodes stand for, scale by scale: the logarithm of likelihood times half-normal density is concave.
 * For evidence above 0, whose likelihood rises from the null.
 */
function integralOf(
  stages: readonly StageCounts[],
  nullLogRatio: number,
  { sign, scales, length, logMass }: Nodes,
): number {
  const periods = stages.map(({ control, treatment, share }) => {
    const odds = logOdds(share) + nullLogRatio;
    return { n: control + treatment, treatment, odds, theta: Math.exp(-softplus(-odds)) };
  });
  const logLikelihood = (u: number) =>
    periods.reduce(
      (sum, { n, treatment, theta }) =>
        sum + treatment * sign * u - n * Math.log1p(theta * Math.expm1(sign * u)),
      0,
    );
  const slope = (u: number) =>
    sign *
    periods.reduce(
      (sum, { n, treatment, odds }) => sum + treatment - n * Math.exp(-softplus(-odds - sign * u)),
      0,
    );
  const parts = scales.map((scale) => {
    const h = (u: number) => logLikelihood(u) - 0.5 * (u / scale) ** 2;
    const rise = (u: number) => slope(u) - u / scale ** 2;
    const peak = rise(length) >= 0 ? length : findRoot(rise, 0, length);
    return logIntegral(h, { low: 0, peak, high: length }) - Math.log(scale);
  });
  return logSumExp(parts) - logMass;
}

const MAX_KEPT = 64;
const priorOf = memoized(makePrior, MAX_KEPT, (scales) => scales.join());

function makePrior(scales: readonly number[]): Prior {
  if (scales.length === 0) throw new StatsInputError('scales is empty: give at least one');
  for (const [i, scale] of scales.entries()) checkBetween(scale, MIN_SCALE, MAX_SCALE, `scales[${i}]`);
  const { distances, weights, length, logMass } = halfNormals(scales);
  const logWeight = Float64Array.from(weights, Math.log);
  const side = (sign: 1 | -1): Nodes => {
    const growth = Float64Array.from(distances, (u) => Math.expm1(sign * u));
    const costs = (theta: number) => growth.map((each) => Math.log1p(theta * each));
    const u = Float64Array.from(distances, (distance) => sign * distance);
    return { u, logWeight, costs, keptCosts: memoized(costs, MAX_KEPT), sign, scales, length, logMass };
  };
  return { up: side(1), down: side(-1) };
}

const LEGENDRE = gaussLegendre(NODES_PER_PANEL);

/** The equal mixture of half-normal densities on panels of [0, 6 times the greatest scale]. */
function halfNormals(scales: readonly number[]) {
  const length = Math.min(6 * Math.max(...scales), MAX_U);
  const density = (u: number) =>
    scales.reduce((sum, scale) => sum + Math.exp(-0.5 * (u / scale) ** 2) / scale, 0);
  const distances: number[] = [];
  const weights: number[] = [];
  for (let panel = 0; panel < PANELS; panel++) {
    const high = length / 2 ** panel;
    const low = panel === PANELS - 1 ? 0 : high / 2;
    LEGENDRE.nodes.forEach((node, i) => {
      const u = low + ((node + 1) / 2) * (high - low);
      const weight = (((LEGENDRE.weights[i] as number) * (high - low)) / 2) * density(u);
      // A weight that underflows would be the logarithm of 0.
      if (weight < 1e-300) return;
      distances.push(u);
      weights.push(weight);
    });
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { distances, weights: weights.map((weight) => weight / total), length, logMass: Math.log(total) };
}
