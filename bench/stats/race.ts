/**
 * A race: several methods watch the same simulated streams, and each stops at its first alarm. Without an effect, the
 * figure is the share of runs that alarm. With an effect, it is the median number of samples needed.
 */
import type { Random } from '../../src/stats/numerics/random.ts';
import { median, type Row } from '../row.ts';

export interface Stream {
  /** Samples of both arms so far. */
  n: number;
}

export interface Race<S extends Stream> {
  name: string;
  /** A stream without samples. */
  start: () => S;
  /** Adds the samples up to the next look. */
  advance: (stream: S, random: Random) => void;
  /** Samples of both arms after which a run ends. */
  horizon: number;
  /** By name, whether the method alarms at this look. Names of our methods begin with "ours". */
  methods: Record<string, (stream: S) => boolean>;
}

/** One part of the benchmark. */
export interface Case {
  name: string;
  kind: 'false alarms' | 'delays' | 'costs';
  /** Multiplier of the requested runs: above 1 for tight targets, below 1 for slow looks. */
  effort: number;
  rows: (runs: number, random: Random) => Row[];
}

/** Per method, the samples at the first alarm of each run; Infinity without an alarm. */
export function firstAlarms<S extends Stream>(
  { start, advance, horizon, methods }: Race<S>,
  runs: number,
  random: Random,
): Map<string, number[]> {
  const entrants = Object.entries(methods).map(([name, alarms]) => ({ name, alarms, at: [] as number[] }));
  for (let run = 0; run < runs; run++) {
    const stream = start();
    for (const { at } of entrants) at.push(Number.POSITIVE_INFINITY);
    let waiting = entrants;
    while (waiting.length > 0 && stream.n < horizon) {
      advance(stream, random);
      let stopped = false;
      for (const { alarms, at } of waiting) {
        if (!alarms(stream)) continue;
        at[run] = stream.n;
        stopped = true;
      }
      if (stopped) waiting = waiting.filter(({ at }) => at[run] === Number.POSITIVE_INFINITY);
    }
  }
  return new Map(entrants.map(({ name, at }) => [name, at]));
}

export function share(alarms: readonly number[]): number {
  return alarms.filter(Number.isFinite).length / alarms.length;
}

/** A part without an effect: every alarm is false. `alpha` is the methods' promised rate. */
export function falseAlarms<S extends Stream>(race: Race<S>, { effort = 1, alpha = 0.05 } = {}): Case {
  return {
    name: race.name,
    kind: 'false alarms',
    effort,
    rows: (runs, random) =>
      [...firstAlarms(race, runs, random)].map(([method, alarms]) =>
        alarmRow(`${race.name}: ${method}`, share(alarms), { runs, alpha }),
      ),
  };
}

/** A share of runs, with its limit: the 99 % quantile for a method that errs with probability `alpha`. */
export function alarmRow(
  name: string,
  fraction: number,
  { runs, alpha }: { runs: number; alpha: number },
): Row {
  const limit = binomialQuantile(0.99, runs, alpha) / runs;
  return {
    case: name,
    value: 100 * fraction,
    unit: '% of runs alarmed',
    versus: `limit ${(100 * limit).toFixed(1)} %`,
    ratio: fraction / limit,
  };
}

/** A part with an effect. Every method is compared with `peer`, one of them. */
export function delays<S extends Stream>(race: Race<S>, { effort = 1, peer = 'oracle' } = {}): Case {
  return {
    name: race.name,
    kind: 'delays',
    effort,
    rows: (runs, random) => {
      const medians = [...firstAlarms(race, runs, random)].map(([name, at]) => [name, median(at)] as const);
      const reference = medians.find(([name]) => name === peer)?.[1] ?? Number.NaN;
      return medians.map(([name, value]) => ({
        case: `${race.name}: ${name}`,
        value,
        unit: 'samples, median',
        versus: name === peer ? '' : peer,
        ratio: name === peer ? undefined : value / reference,
      }));
    },
  };
}

/** The smallest k with P(Binomial(n, p) <= k) >= `probability`. */
export function binomialQuantile(probability: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = term;
  let k = 0;
  while (sum < probability && k < n) {
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
    sum += term;
    k++;
  }
  return k;
}
