/**
 * The special functions that the e-processes need, to about 1e-14.
 *
 * `stirlingRemainder` is the whole error of Stirling's formula, so that differences of log-gamma functions can be
 * written without their large leading terms: Abramowitz and Stegun 6.1.40 for z >= 10, the recurrence
 * Γ(z+1) = zΓ(z) below. Gauss-Legendre nodes are Newton iterations on the three-term recurrence (same, 25.4.29).
 */
import { StatsInputError } from './input.ts';

const HALF_LN_2_PI = 0.5 * Math.log(2 * Math.PI);
const SERIES_FROM = 10;

/** lnΓ(z) - [(z-½) ln z - z + ½ ln 2π] for z > 0. */
export function stirlingRemainder(z: number): number {
  let below = 0;
  let x = z;
  for (; x < SERIES_FROM; x++) below += (x + 0.5) * Math.log1p(1 / x) - 1;
  const square = 1 / (x * x);
  const series =
    1 / 12 -
    square *
      (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360)))));
  return below + series / x;
}

/** Natural logarithm of the gamma function for z > 0. */
export function lgamma(z: number): number {
  return (z - 0.5) * Math.log(z) - z + HALF_LN_2_PI + stirlingRemainder(z);
}

/** ln(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** ln Σ e^x; -Infinity for an empty list. */
export function logSumExp(values: Float64Array | readonly number[]): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > greatest) greatest = value;
  if (!Number.isFinite(greatest)) return greatest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - greatest);
  return greatest + Math.log(sum);
}

export interface Quadrature {
  nodes: Float64Array;
  weights: Float64Array;
}

/** The nodes and weights of n-point Gauss-Legendre quadrature on [-1, 1], nodes ascending. */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      const change = value / derivative;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

function legendre(n: number, x: number): { value: number; derivative: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= n; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}

/**
 * The point of [low, high] where the monotone `f` changes sign, to `tolerance` (absolute). The two ends must have
 * different signs.
 */
export function bisect(f: (x: number) => number, low: number, high: number, tolerance = 1e-12): number {
  const rising = f(low) < 0;
  if (rising === f(high) < 0) throw new StatsInputError('bisect: no change of sign between the ends');
  let [a, b] = [low, high];
  while (b - a > tolerance) {
    const middle = a + (b - a) / 2;
    if (middle <= a || middle >= b) break;
    if (f(middle) < 0 === rising) a = middle;
    else b = middle;
  }
  return a + (b - a) / 2;
}
