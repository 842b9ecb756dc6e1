/**
 * Mixtures of the likelihood ratios of `counts.ts` over half-normal distances from the null.
 *
 * The mixture is a sum over Gauss-Legendre nodes whose weights are renormalised to sum to 1: an e-process for the
 * discrete prior on these nodes, whatever the quadrature error. The nodes crowd towards 0 (20 panels of 10 nodes, each
 * half as wide as the one before): the more events, the nearer to the null is the effect that can be detected. Far from
 * the null the likelihood is narrower than the gaps between nodes, so evidence above 25 nats is the integral itself,
 * computed around its peak. Claims at an alpha above e^-25 rest on the nodes alone. Evidence agrees with the integral
 * to 1e-6 from one event to 10^10, and the bounds of 10^12 events still narrow with their number.
 */
import { checkBetween, type StageCounts, StatsInputError } from '../input.ts';
import { logIntegral } from '../numerics/integral.ts';
import { memoized } from '../numerics/memo.ts';
import { gaussLegendre } from '../numerics/quadrature.ts';
import { findRoot } from '../numerics/root.ts';
import { logSumExp, softplus } from '../numerics/special.ts';

const PANELS = 20;
const NODES_PER_PANEL = 10;
/** Range of the scales. */
export const MIN_SCALE = 1e-4;
export const MAX_SCALE = 10;
/** A prior is cut at this many times its greatest scale, and at this distance. */
export const CUT = 6;
const MAX_DISTANCE = 12;
/** Up to this evidence, nats, the nodes agree with the integral to 1e-6. */
const MAX_NODE_EVIDENCE = 25;
const MAX_KEPT = 64;

/** The nodes of one side of the prior. */
export interface Nodes {
  /** Distances from the null, signed. */
  u: Float64Array;
  logWeight: Float64Array;
  /**
   * ln(1 + θ(e^u - 1)) at every node: ln(θ'/θ) = u - that and ln((1-θ')/(1-θ)) = -that, so that a likelihood ratio is
   * no difference of large numbers.
   */
  costs: (theta: number) => Float64Array;
  /** The same, kept: look after look asks for the few shares and margins of a run. */
  keptCosts: (theta: number) => Float64Array;
  /** Direction of the distances, scales and cut of the prior, and ln of its integral before normalisation. */
  sign: 1 | -1;
  scales: readonly number[];
  length: number;
  logMass: number;
}

export interface Prior {
  up: Nodes;
  down: Nodes;
}

/** ln of the mixture of likelihood ratios against the null. Stages must have events. */
export function mixtureOf(
  stages: readonly StageCounts[],
  nullLogRatio: number,
  side: Nodes,
  costs: Nodes['costs'],
): number {
  const { u, logWeight } = side;
  const terms = logWeight.slice();
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
 * The integral that the nodes approximate, scale by scale: the logarithm of likelihood times half-normal density is
 * concave. Requires a likelihood that rises from the null, as all evidence above 0 has.
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

/**
 * The prior for an equal mixture of scales. Throws `StatsInputError` on an empty list or a scale outside [0.0001, 10].
 */
export const priorOf = memoized(makePrior, MAX_KEPT, (scales) => scales.join());

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
  const length = Math.min(CUT * Math.max(...scales), MAX_DISTANCE);
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

/** ln of the odds of treatment. */
export function logOdds(share: number): number {
  return Math.log(share) - Math.log1p(-share);
}
