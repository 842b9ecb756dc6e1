/** Reproducible random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** True with probability `share`. */
  chance(share: number): boolean;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Positive, half of the draws below `median`; about two thirds within a factor of e^spread of it. */
  lognormal(median: number, spread: number): number;
  /** Waiting time between independent arrivals, with this mean. */
  exponential(mean: number): number;
  /** Poisson with this mean, by Knuth's product method; for means below 50. */
  poisson(mean: number): number;
}

/**
 * A stream of random numbers for `parts`: a seed and the name of the stream, such as the number of a person or a visit.
 * So one person's behaviour never depends on that of others.
 */
export function randomOf(...parts: readonly (string | number)[]): Random {
  const next = mulberry32(hash(parts.join('/')));
  const random: Random = {
    next,
    chance: (share) => next() < share,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number],
    lognormal: (median, spread) => median * Math.exp(spread * normal(next)),
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson: (mean) => {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
  };
  return random;
}

/** Tommy Ettinger's mulberry32: 32 bits of state, period 2^32, good enough for people. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** FNV-1a, 32 bits, with a final mixing step because seeds are usually neighbours. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return value ^ (value >>> 15);
}

/** Box-Muller, one of the two values. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
