/**
 * Logarithms of the gamma and beta functions, and sums of exponentials, to about 1e-14.
 *
 * `stirlingRemainder` is the whole error of Stirling's formula, so that differences of log-gamma functions can be
 * written without their large leading terms: Abramowitz and Stegun 6.1.40 for z >= 10, the recurrence
 * Γ(z+1) = zΓ(z) below. Riemann's zeta is the Euler-Maclaurin sum (same, 23.2.3).
 */
const HALF_LN_2_PI = 0.5 * Math.log(2 * Math.PI);
const SERIES_FROM = 10;
/** A term this many nats below the greatest is below the last digit of a sum of thousands. */
const NEGLIGIBLE_NATS = 46;

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

/** Natural logarithm of the beta function for a, b > 0; the leading terms of the three log-gammas never appear. */
export function lnBeta(a: number, b: number): number {
  const sum = a + b;
  return (
    -a * Math.log1p(b / a) -
    b * Math.log1p(a / b) +
    HALF_LN_2_PI +
    0.5 * (Math.log1p(a / b) - Math.log(a)) +
    stirlingRemainder(a) +
    stirlingRemainder(b) -
    stirlingRemainder(sum)
  );
}

/** ln(1+x) - x for x > -1, without the cancellation near 0. */
export function log1pMinus(x: number): number {
  if (Math.abs(x) > 0.4) return Math.log1p(x) - x;
  // With r = x/(2+x): ln(1+x) = 2 artanh r, so ln(1+x) - x = -x r + 2 Σ r^(2j+1)/(2j+1), j >= 1.
  const r = x / (2 + x);
  const square = r * r;
  let power = r * square;
  let sum = 0;
  for (let odd = 3; odd < 60; odd += 2) {
    const before = sum;
    sum += power / odd;
    if (sum === before) break;
    power *= square;
  }
  return 2 * sum - x * r;
}

/** ln(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** ln(1 - e^x) for x <= 0; -Infinity at 0. */
export function log1mExp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** ln Σ e^x; -Infinity for an empty list. */
export function logSumExp(values: Float64Array | readonly number[]): number {
  // Indexed loops: iterators take three times as long, and looks spend most of their time here.
  const { length } = values;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) if ((values[i] as number) > greatest) greatest = values[i] as number;
  if (!Number.isFinite(greatest)) return greatest;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const below = (values[i] as number) - greatest;
    if (below > -NEGLIGIBLE_NATS) sum += Math.exp(below);
  }
  return greatest + Math.log(sum);
}

/** Riemann's zeta function for s > 1. */
export function zeta(s: number): number {
  const n = 40;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += k ** -s;
  const tail = n ** (1 - s) / (s - 1) + 0.5 * n ** -s;
  const first = (s * n ** (-s - 1)) / 12;
  const second = (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720;
  const third = (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * n ** (-s - 5)) / 30240;
  return sum + tail + first - second + third;
}
