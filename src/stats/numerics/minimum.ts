/** The minimum of a function of one number with one valley: golden-section search (Kiefer 1953). */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const STEPS = 100;

/**
 * The point of [low, high] where `f`, falling and then rising, is smallest, to the rounding of f. Infinite values are
 * taken to lie on the right of the valley.
 */
export function findMinimum(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < STEPS; i++) {
    const [x, y] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
    const [fx, fy] = [f(x), f(y)];
    if (fx < fy || fx === Number.POSITIVE_INFINITY) b = y;
    else a = x;
  }
  return (a + b) / 2;
}
