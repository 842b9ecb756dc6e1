/**
 * False alarms, delays and verdicts of the statistics core, simulated on the same streams as the incumbents and as an
 * oracle that knows the effect. `npm run bench -- stats [--seed=N|random] [--runs=R] [--only=TEXT]`.
 *
 * Targets:
 * - alarms without an effect: 5 % plus sampling error;
 * - delays, relative to the oracle: 1.4 for conversions, 1.3 for log latency, 1.5 for doubled errors, 2.1 for disasters;
 * - delay for the median latency: a quarter of that of the DKW bands.
 *
 * The cost of a look is measured too.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { seeded } from '../../src/stats/numerics/random.ts';
import type { Bench } from '../row.ts';
import { cases as assignment, losses } from './assignment.ts';
import { cases as delays } from './delays.ts';
import { cases as evaluation } from './evaluation.ts';
import { cases as falseAlarms } from './false-alarms.ts';
import { cases as latency } from './latency.ts';
import type { Case } from './race.ts';
import { cases as torture } from './torture.ts';
import { cases as twoRates } from './two-rates.ts';
import { cases as verdicts } from './verdicts.ts';

const RUNS = { 'false alarms': 3_000, delays: 1_500, costs: 1 };
const SEED = 2026;

export const cases: readonly Case[] = [
  ...falseAlarms,
  ...torture,
  ...assignment,
  ...delays,
  ...latency,
  ...verdicts,
  ...evaluation,
  ...twoRates,
  ...losses,
];

/** Each part has its own random numbers, so it gives the same rows alone and with the others. */
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
    if (!/^\d{1,9}$/.test(String(value))) throw new Error(`--${name} must be a whole number: ${value}`);
    return Number(value);
  };
  return {
    seed: values.seed === 'random' ? randomInt(1e9) : whole('seed', values.seed ?? SEED),
    runs: values.runs === undefined ? undefined : whole('runs', values.runs),
    only: String(values.only ?? ''),
  };
}
