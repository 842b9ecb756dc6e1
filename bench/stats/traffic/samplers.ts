/**
 * Exact samplers for the simulated streams. Binomial counts draw a batch of visits at once, which makes hundreds of
 * millions of visits affordable. No sampler is a normal approximation, because false alarms come from the tails.
 */
import type { Random } from '../../../src/stats/numerics/random.ts';

/** Binomial(n, p) counts for n up to 150, by inversion with one table per n. */
export function binomial(p: number): (n: number, random: Random) => number {
  const tables: (Float64Array | undefined)[] = [];
  return (n, random) => {
    let table = tables[n];
    if (table === undefined) {
      table = cumulative(n, p);
      tables[n] = table;
    }
    return firstAbove(table, random.next());
  };
}

/** P(X <= k) for k = 0..n; the last is exactly 1. */
function cumulative(n: number, p: number): Float64Array {
  const table = new Float64Array(n + 1);
  let probability = (1 - p) ** n;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += probability;
    table[k] = sum;
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  table[n] = 1;
  return table;
}

function firstAbove(table: Float64Array, u: number): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] as number) > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Standard normal: Marsaglia's polar method. */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random.next() - 1;
    const y = 2 * random.next() - 1;
    const s = x * x + y * y;
    if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Trials up to and including the first success: 1, 2, …, with the given mean. */
export function geometric(mean: number, random: Random): number {
  return 1 + Math.floor(Math.log1p(-random.next()) / Math.log1p(-1 / mean));
}

/**
 * The number of failed requests of one person out of `n`, when people differ: beta-binomial with this mean rate and
 * intra-class correlation, by Pólya's urn.
 */
export function betaBinomial(
  n: number,
  { rate, icc }: { rate: number; icc: number },
  random: Random,
): number {
  const size = 1 / icc - 1;
  let failed = 0;
  for (let i = 0; i < n; i++) if (random.chance((rate * size + failed) / (size + i))) failed++;
  return failed;
}
