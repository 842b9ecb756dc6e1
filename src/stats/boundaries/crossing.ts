/**
 * When a drifting sum first crosses a boundary, by numerical integration.
 *
 * The sum has independent, nearly normal increments and is looked at now and then; the density of those paths that have
 * not crossed yet is carried from look to look (Armitage, McPherson and Rowe, "Repeated significance tests on
 * accumulating data", JRSS A 132, 1969) on Gauss-Legendre nodes below the boundary.
 */
import { gaussLegendre } from '../numerics/quadrature.ts';

export interface Walk {
  /** Ascending sample sizes at which the sum is looked at. */
  looks: readonly number[];
  /** The sum that has to be reached at each look; Infinity where none is enough. */
  boundary: readonly number[];
  /** Mean and variance of the sum per sample. */
  drift: number;
  variance: number;
}

const LEGENDRE = gaussLegendre(96);
const DEEPEST_SD = 8;

/** The probability that the boundary has been reached by each look. */
export function crossingProbabilities({ looks, boundary, drift, variance }: Walk): number[] {
  let before: { at: number; nodes: Float64Array; mass: Float64Array } | undefined;
  return looks.map((n, look) => {
    const sd = Math.sqrt(variance * n);
    const low = drift * n - DEEPEST_SD * sd;
    const high = Math.min(boundary[look] as number, drift * n + DEEPEST_SD * sd);
    const nodes = LEGENDRE.nodes.map((node) => low + ((node + 1) / 2) * (high - low));
    const step = Math.sqrt(variance * (n - (before?.at ?? 0)));
    const start = before ?? { at: 0, nodes: Float64Array.of(0), mass: Float64Array.of(1) };
    const mean = drift * (n - start.at);
    const mass = nodes.map((node, i) => {
      const weight = ((LEGENDRE.weights[i] as number) * (high - low)) / 2;
      return (
        (weight *
          start.mass.reduce(
            (sum, part, j) => sum + part * density((node - (start.nodes[j] as number) - mean) / step),
            0,
          )) /
        step
      );
    });
    // Where paths lie beyond the last node's reach they have crossed.
    before = { at: n, nodes, mass };
    return Math.min(1, Math.max(0, 1 - mass.reduce((sum, part) => sum + part, 0)));
  });
}

const ROOT_2_PI = Math.sqrt(2 * Math.PI);

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / ROOT_2_PI;
}
