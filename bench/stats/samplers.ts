/**
 * Exact samplers for the simulated streams. Whole batches of visits are drawn as binomial counts, which is what makes
 * hundreds of millions of visits affordable; none of the samplers is a normal approximation, because the tails are what
 * false alarms come from.
 */
import type { Random } from '../../src/stats/numerics/random.ts';

/** Draws how many of n have a property of probability `p`, n up to 150: inversion, one table for each n. */
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

/** P(X <= k) for k = 0..n; the last is 1 whatever the rounding. */
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

/** 1, 2, ...: how many trials up to and with the first success, `mean` on average. */
export function geometric(mean: number, random: Random): number {
  return 1 + Math.floor(Math.log1p(-random.next()) / Math.log1p(-1 / mean));
}

/**
 * How many of `n` requests of one person fail, when people differ: beta-binomial with this mean rate and intra-class
 * correlation, by Pólya's urn.
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
