/**
 * Roots of monotone functions of one number: bisection that steps by inverse quadratic interpolation where that is safe
 * (Chandrupatla, "A new hybrid quadratic/bisection algorithm", Advances in Engineering Software 28, 1997). It never
 * needs more evaluations than a few times bisection's, and usually about ten.
 */
import { StatsInputError } from '../input.ts';

const MAX_STEPS = 200;

/**
 * The point of [low, high] where the continuous `f` changes sign, to `tolerance` (absolute) or to the last digit of a
 * double, whichever is wider. Throws `StatsInputError` when both ends have the same sign.
 */
export function findRoot(f: (x: number) => number, low: number, high: number, tolerance = 1e-12): number {
  let [newest, other, third] = [high, low, low];
  let [fNewest, fOther, fThird] = [f(high), f(low), 0];
  fThird = fOther;
  if (fNewest === 0) return newest;
  if (fOther === 0) return other;
  if (fNewest > 0 === fOther > 0) throw new StatsInputError('findRoot: no change of sign between the ends');
  let step = 0.5;
  for (let i = 0; i < MAX_STEPS; i++) {
    const x = newest + step * (other - newest);
    const fx = f(x);
    if (fx > 0 === fNewest > 0) {
      [third, fThird] = [newest, fNewest];
    } else {
      [third, fThird] = [other, fOther];
      [other, fOther] = [newest, fNewest];
    }
    [newest, fNewest] = [x, fx];
    const [best, fBest] = Math.abs(fNewest) < Math.abs(fOther) ? [newest, fNewest] : [other, fOther];
    const smallest = (tolerance / 2 + Number.EPSILON * Math.abs(best)) / Math.abs(other - newest);
    if (fBest === 0 || smallest > 0.5) return best;
    step = nextStep(newest, other, third, fNewest, fOther, fThird);
    step = Math.min(1 - smallest, Math.max(smallest, step));
  }
  return newest;
}

/** Inverse quadratic interpolation through the three points where it stays between them, else the middle. */
function nextStep(x1: number, x2: number, x3: number, f1: number, f2: number, f3: number): number {
  const position = (x1 - x2) / (x3 - x2);
  const height = (f1 - f2) / (f3 - f2);
  if (height * height < position && (1 - height) * (1 - height) < 1 - position) {
    return (
      (f1 / (f2 - f1)) * (f3 / (f2 - f3)) + ((x3 - x1) / (x2 - x1)) * (f1 / (f3 - f1)) * (f2 / (f3 - f2))
    );
  }
  return 0.5;
}

/**
 * Where `f`, negative at `from` and monotone, becomes positive in the direction of `step`, whose size doubles until it
 * does or `limit` is reached; null if it never does.
 */
export function findCrossing(
  f: (x: number) => number,
  { from, step, limit, tolerance }: { from: number; step: number; limit: number; tolerance?: number },
): number | null {
  let inside = from;
  for (let stride = step; ; stride *= 2) {
    const beyond = step > 0 ? Math.min(limit, inside + stride) : Math.max(limit, inside + stride);
    if (beyond === inside) return null;
    if (f(beyond) >= 0) return findRoot(f, Math.min(inside, beyond), Math.max(inside, beyond), tolerance);
    inside = beyond;
  }
}
