/**
 * False alarms, delays and verdicts of the statistics, simulated beside the incumbents on the same streams and beside an
 * oracle that knows the effect. `npm run bench -- stats [--seed=N|random] [--runs=R] [--only=TEXT]`.
 *
 * Two figures decide: alarms without an effect stay within the limit that chance leaves to 5 %, and delays within 1.4
 * times the oracle's for conversions, 1.3 for log latency, 1.5 for doubled errors, 2.1 for disasters, a quarter of the
 * DKW bands' for the median latency. A third is what a look costs.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { seeded } from '../../src/stats/numerics/random.ts';
import type { Bench } from '../row.ts';
import { cases as delays } from './delays.ts';
import { cases as evaluation } from './evaluation.ts';
import { cases as falseAlarms } from './false-alarms.ts';
import { cases as latency } from './latency.ts';
import type { Case } from './race.ts';
import { cases as torture } from './torture.ts';
import { cases as verdicts } from './verdicts.ts';

const RUNS = { 'false alarms': 3_000, delays: 1_500, costs: 1 };
const SEED = 2026;

export const cases: readonly Case[] = [
  ...falseAlarms,
  ...torture,
  ...delays,
  ...latency,
  ...verdicts,
  ...evaluation,
];

/** Every part has its own random numbers, so that one alone gives what it gives among all. */
export function rowsOf(part: Case, { runs, seed }: { runs: number; seed: number }) {
  const place = cases.indexOf(part) + 1;
  return part.rows(Math.max(1, Math.round(runs * part.effort)), seeded(seed + Math.imul(place, 0x9e3779b1)));
}

export const bench: Bench = async (progress) => {
  const { seed, runs, only } = settings();
  const wanted = cases.filter(({ name }) => name.includes(only));
  const rows = wanted.flatMap((part, i) => {
    progress(`seed ${seed}, ${i + 1} of ${wanted.length}: ${part.name}`);
    return rowsOf(part, { runs: runs ?? RUNS[part.kind], seed });
  });
  return [{ case: 'seed', value: seed, unit: '', versus: '', ratio: undefined }, ...rows];
};

function settings(): { seed: number; runs: number | undefined; only: string } {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, runs: { type: 'string' }, only: { type: 'string' } },
    strict: false,
  });
  const whole = (name: string, value: unknown) => {
    if (!/^\d{1,9}$/.test(String(value))) throw new Error(`--${name}=${value}: give a whole number`);
    return Number(value);
  };
  return {
    seed: values.seed === 'random' ? randomInt(1e9) : whole('seed', values.seed ?? SEED),
    runs: values.runs === undefined ? undefined : whole('runs', values.runs),
    only: String(values.only ?? ''),
  };
}
