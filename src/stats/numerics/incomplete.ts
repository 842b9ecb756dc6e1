/**
 * Logarithms of the regularised incomplete beta and gamma functions, exact in the tails where the functions themselves
 * underflow.
 *
 * Each is its kernel (the density at the boundary) times a Mills ratio that varies slowly. The kernel is written by
 * deviations, so that it keeps its digits at parameters of 10^12 (Loader, "Fast and accurate computation of binomial
 * probabilities", 2000). The ratio comes from a continued fraction (Abramowitz and Stegun 26.5.8 and 6.5.31, evaluated
 * by Lentz's method) or, where that would need thousands of terms, from Gauss-Legendre quadrature of the tail: its
 * logarithm is concave, so 64 nodes over its first 44 nats are exact to rounding.
 */
import { gaussLegendre } from './quadrature.ts';
import { log1mExp, log1pMinus, stirlingRemainder } from './special.ts';

const TINY = 1e-300;
const MAX_TERMS = 10_000;
const QUADRATURE_FROM = 10_000;
const TAIL_NATS = 44;
const LEGENDRE = gaussLegendre(64);

/** ln[x^a (1-x)^b / B(a,b)] for a, b > 0 and 0 < x < 1. */
export function logBetaKernel(x: number, a: number, b: number): number {
  const sum = a + b;
  const surplus = x * sum - a;
  return (
    deviation(x * sum, surplus, a) +
    deviation((1 - x) * sum, -surplus, b) +
    0.5 * Math.log(a / (2 * Math.PI) / (1 + a / b)) -
    stirlingRemainder(a) -
    stirlingRemainder(b) +
    stirlingRemainder(sum)
  );
}

/** a ln(value/a) - d, where d = value - a is known to more digits than that difference would have. */
function deviation(value: number, d: number, a: number): number {
  return Math.abs(d) < 0.3 * a ? a * log1pMinus(d / a) : a * Math.log(value / a) - d;
}

/** ln I_x(a,b), the regularised incomplete beta function, for a, b > 0 and 0 < x < 1. */
export function logIncompleteBeta(x: number, a: number, b: number): number {
  if (isLowerTail(x, a, b)) return logBetaKernel(x, a, b) + lowerRatio(x, a, b);
  return log1mExp(Math.min(0, logBetaKernel(1 - x, b, a) + lowerRatio(1 - x, b, a)));
}

/** ln[I_x(a,b) / kernel]: what is left of the tail without its density. Increasing in x and b, decreasing in a. */
export function logBetaRatio(x: number, a: number, b: number): number {
  if (isLowerTail(x, a, b)) return lowerRatio(x, a, b);
  return logIncompleteBeta(x, a, b) - logBetaKernel(x, a, b);
}

function isLowerTail(x: number, a: number, b: number): boolean {
  return x <= (a + 1) / (a + b + 2);
}

function lowerRatio(x: number, a: number, b: number): number {
  return Math.min(a, b) < QUADRATURE_FROM
    ? Math.log(betaFraction(x, a, b)) - Math.log(a)
    : betaQuadrature(x, a, b);
}

/** Lentz's evaluation of the continued fraction of I_x(a,b), for x below the mean. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** ln ∫_0^x [t/x]^(a-1) [(1-t)/(1-x)]^(b-1) dt / (x (1-x)), the tail in units of its own density. */
function betaQuadrature(x: number, a: number, b: number): number {
  const y = 1 - x;
  // With t = x - w the exponent is (a-1) ln(1 - w/x) + (b-1) ln(1 + w/y).
  const exponent = (w: number) => (a - 1) * Math.log1p(-w / x) + (b - 1) * Math.log1p(w / y);
  // Where it has fallen by the tail's nats, by its slope and bend; with a and b above 10,000 they change little on the way.
  const slope = Math.max(0, (a - 1) / x - (b - 1) / y);
  const bend = (a - 1) / (x * x) + (b - 1) / (y * y);
  const width = Math.min(x, (2 * TAIL_NATS) / (slope + Math.sqrt(slope * slope + 2 * TAIL_NATS * bend)));
  let sum = 0;
  for (let i = 0; i < LEGENDRE.nodes.length; i++) {
    const w = (width * ((LEGENDRE.nodes[i] as number) + 1)) / 2;
    sum += (LEGENDRE.weights[i] as number) * Math.exp(exponent(w));
  }
  return Math.log((sum * width) / 2) - Math.log(x) - Math.log(y);
}

/** ln P(a,x), the regularised lower incomplete gamma function, for a > 0 and x >= 0. */
export function logGammaLower(a: number, x: number): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  if (x < a + 1) return logGammaKernel(a, x) + Math.log(gammaSeries(a, x));
  return log1mExp(Math.min(0, logGammaKernel(a, x) + Math.log(gammaFraction(a, x))));
}

/** ln Q(a,x) = ln(1 - P(a,x)), the regularised upper incomplete gamma function, for a > 0 and x >= 0. */
export function logGammaUpper(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x < a + 1) return log1mExp(Math.min(0, logGammaKernel(a, x) + Math.log(gammaSeries(a, x))));
  return logGammaKernel(a, x) + Math.log(gammaFraction(a, x));
}

/** ln[x^a e^-x / Γ(a)]. */
function logGammaKernel(a: number, x: number): number {
  return deviation(x, x - a, a) + 0.5 * Math.log(a / (2 * Math.PI)) - stirlingRemainder(a);
}

/** Σ x^n / (a (a+1) … (a+n)) (Abramowitz and Stegun 6.5.29). */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 100 * MAX_TERMS && term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / nonZero(b);
  let value = d;
  for (let i = 1; i < 100 * MAX_TERMS; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}
