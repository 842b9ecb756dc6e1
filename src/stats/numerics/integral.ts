/**
 * The integral of e^h for a concave h with a peak of any width: Gauss-Legendre panels on both sides of the peak, halved
 * until the sum converges.
 */
import { gaussLegendre } from './quadrature.ts';
import { findRoot } from './root.ts';

/** Ignores e^h where h is this far below its peak, nats. */
const DEPTH = 40;
const LEGENDRE = gaussLegendre(12);
const TOLERANCE = 1e-10;
/** Enough for any concave h over this depth. Ends the recursion when rounding errors of h prevent convergence. */
const MAX_HALVINGS = 6;

/** Natural log of ∫ e^h over [low, high], to about 1e-10. `h` is concave, finite and greatest at `peak`. */
export function logIntegral(
  h: (x: number) => number,
  { low, peak, high }: { low: number; peak: number; high: number },
): number {
  const top = h(peak);
  const f = (x: number) => Math.exp(h(x) - top);
  const side = (outermost: number) => {
    const surplus = (x: number) => h(x) - top + DEPTH;
    const end = surplus(outermost) >= 0 ? outermost : findRoot(surplus, peak, outermost);
    return Math.abs(halved(f, { from: peak, to: end, whole: panel(f, peak, end), halvings: 0 }));
  };
  return top + Math.log(side(low) + side(high));
}

function halved(
  f: (x: number) => number,
  { from, to, whole, halvings }: { from: number; to: number; whole: number; halvings: number },
): number {
  const middle = (from + to) / 2;
  const [left, right] = [panel(f, from, middle), panel(f, middle, to)];
  const sum = left + right;
  if (Math.abs(sum - whole) <= TOLERANCE * Math.abs(sum) || halvings === MAX_HALVINGS) return sum;
  return (
    halved(f, { from, to: middle, whole: left, halvings: halvings + 1 }) +
    halved(f, { from: middle, to, whole: right, halvings: halvings + 1 })
  );
}

function panel(f: (x: number) => number, from: number, to: number): number {
  const half = (to - from) / 2;
  return LEGENDRE.nodes.reduce(
    (sum, node, i) => sum + (LEGENDRE.weights[i] as number) * half * f(from + (node + 1) * half),
    0,
  );
}
