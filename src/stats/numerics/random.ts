/** A seeded source of random numbers for simulations: the same seed gives the same run on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** Poisson by counting exponential waits; for small means. */
  poisson(mean: number): number;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for simulations of thousands of runs. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    poisson(mean) {
      const end = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > end; product *= next()) count++;
      return count;
    },
  };
}
