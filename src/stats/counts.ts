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
 * The mixture is half-normal, evaluated on 48 Gauss-Legendre nodes whose weights are renormalised to sum to 1: then it
 * is an e-process for the discrete prior on these nodes, whatever the quadrature error. The nodes nearest to 0 are
 * 0.0006 * 6s away, which floors the width of a confidence sequence at about that (relevant above 10^6 events).
 */
import { checkBetween, checkFraction, checkStages, type StageCounts, StatsInputError } from './input.ts';
import { bisect, gaussLegendre, logSumExp, softplus } from './special.ts';

const NODES = 48;
const SMALLEST_SCALE = 1e-4;
const LARGEST_SCALE = 10;
const LARGEST_U = 12;
/** Log ratios are looked for within ±100: e^100 is beyond any ratio of counts that a computer can hold. */
const LARGEST_LOG_RATIO = 100;
const BOUND_TOLERANCE = 1e-10;

/** An equal mixture of these is robust: small harms and disasters are both found early. */
export const ROBUST_SCALES: readonly number[] = [0.2, 1];

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
  checkBetween(question.nullLogRatio, -LARGEST_LOG_RATIO, LARGEST_LOG_RATIO, 'nullLogRatio');
  return mixtureOf(stages, question.nullLogRatio, priorOf(question.scales)[question.direction]);
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
  const estimate = logRatioOf(stages);
  if (estimate === null) return { ratio: null, low: null, high: null };
  const centre = Math.max(-LARGEST_LOG_RATIO, Math.min(LARGEST_LOG_RATIO, estimate));
  const low = crossing((logRatio) => mixtureOf(stages, logRatio, up) - needed, centre, -1);
  const high = crossing((logRatio) => mixtureOf(stages, logRatio, down) - needed, centre, 1);
  return {
    ratio: Math.exp(estimate),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
  };
}

/** Where `f`, negative at `from` and monotone, becomes positive in that direction; null if it never does. */
function crossing(f: (logRatio: number) => number, from: number, direction: 1 | -1): number | null {
  let inside = from;
  for (let step = 0.25; ; step *= 2) {
    const outside = Math.max(-LARGEST_LOG_RATIO, Math.min(LARGEST_LOG_RATIO, inside + direction * step));
    if (outside === inside) return null;
    if (f(outside) >= 0) {
      return bisect(f, Math.min(inside, outside), Math.max(inside, outside), BOUND_TOLERANCE);
    }
    inside = outside;
  }
}

/**
 * The ratio that makes the observed split of the events likeliest, as a logarithm: the root of
 * Σ treatment - Σ n θ(lr). ±Infinity when one arm has no events, null when neither has.
 */
function logRatioOf(stages: readonly StageCounts[]): number | null {
  const filled = stages.filter(({ control, treatment }) => control + treatment > 0);
  const control = filled.reduce((sum, stage) => sum + stage.control, 0);
  const treatment = filled.reduce((sum, stage) => sum + stage.treatment, 0);
  if (control + treatment === 0) return null;
  if (control === 0) return Number.POSITIVE_INFINITY;
  if (treatment === 0) return Number.NEGATIVE_INFINITY;
  const [only, another] = filled;
  if (only && !another) return Math.log(only.treatment / only.control) - logOdds(only.share);
  const surplus = (logRatio: number) =>
    filled.reduce((sum, { control, treatment, share }) => {
      const theta = 1 / (1 + Math.exp(-(logOdds(share) + logRatio)));
      return sum + treatment * (1 - theta) - control * theta;
    }, 0);
  return bisect(surplus, -LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
}

function logOdds(share: number): number {
  return Math.log(share) - Math.log1p(-share);
}

/** One node of the mixture: a distance from the null, signed; e^u - 1; the log of its weight. */
interface Node {
  u: number;
  growth: number;
  logWeight: number;
}

interface Prior {
  up: Node[];
  down: Node[];
}

function mixtureOf(stages: readonly StageCounts[], nullLogRatio: number, side: readonly Node[]): number {
  const terms = new Float64Array(side.length);
  for (let i = 0; i < side.length; i++) terms[i] = (side[i] as Node).logWeight;
  for (const { control, treatment, share } of stages) {
    const n = control + treatment;
    if (n === 0) continue;
    const theta = Math.exp(-softplus(-(logOdds(share) + nullLogRatio)));
    for (let i = 0; i < side.length; i++) {
      const { u, growth } = side[i] as Node;
      // ln(θ'/θ) = u - ln(1 + θ(e^u - 1)) and ln((1-θ')/(1-θ)) = -ln(1 + θ(e^u - 1)): no difference of large numbers.
      (terms[i] as number) += treatment * u - n * Math.log1p(theta * growth);
    }
  }
  return logSumExp(terms);
}

const PRIORS = new Map<string, Prior>();
const LARGEST_CACHE = 256;

function priorOf(scales: readonly number[]): Prior {
  const key = scales.join();
  const known = PRIORS.get(key);
  if (known) return known;
  const prior = makePrior(scales);
  if (PRIORS.size >= LARGEST_CACHE) PRIORS.clear();
  PRIORS.set(key, prior);
  return prior;
}

function makePrior(scales: readonly number[]): Prior {
  if (scales.length === 0) throw new StatsInputError('scales is empty: give at least one');
  for (const [i, scale] of scales.entries())
    checkBetween(scale, SMALLEST_SCALE, LARGEST_SCALE, `scales[${i}]`);
  const distances = scales.flatMap((scale) => halfNormal(scale, 1 / scales.length));
  const side = (sign: 1 | -1) =>
    distances.map(({ u, weight }) => ({
      u: sign * u,
      growth: Math.expm1(sign * u),
      logWeight: Math.log(weight),
    }));
  return { up: side(1), down: side(-1) };
}

const LEGENDRE = gaussLegendre(NODES);

function halfNormal(scale: number, part: number): { u: number; weight: number }[] {
  const length = Math.min(6 * scale, LARGEST_U);
  const nodes = [...LEGENDRE.nodes].map((node, i) => {
    const u = ((node + 1) / 2) * length;
    return { u, weight: (LEGENDRE.weights[i] as number) * Math.exp(-0.5 * (u / scale) ** 2) };
  });
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return nodes.map(({ u, weight }) => ({ u, weight: (part * weight) / total }));
}
