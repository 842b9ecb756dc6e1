/**
 * Common events, of which events alone say little: samples until "not worse than the margin" and harm are found, and
 * false alarms on the boundary, also under drifting base rates. `planned` methods know the base rate beforehand.
 */
import { ROBUST_SCALES } from '../../src/stats/counts/counts.ts';
import * as rates from '../../src/stats/counts/rates.ts';
import { type Direction, exactCounts, maxWealth, NEEDED, stageRates, twoRates } from './ours.ts';
import { type Case, delays, falseAlarms, type Race } from './race.ts';
import { rateOracle } from './rivals/oracle.ts';
import { type Binary, type Phase, phased, steady } from './traffic/streams.ts';

interface Margin {
  rate: number;
  /** The ratio of rates that "no change" has to be told from. */
  ratio: number;
  look: number;
  horizon: number;
}

const MARGINS: readonly Margin[] = [
  { rate: 0.05, ratio: 0.8, look: 100, horizon: 100_000 },
  { rate: 0.35, ratio: 0.8, look: 10, horizon: 10_000 },
  { rate: 0.6, ratio: 0.8, look: 10, horizon: 10_000 },
  { rate: 0.9, ratio: 0.9, look: 10, horizon: 10_000 },
];

const percent = (rate: number) => `${Number((100 * rate).toPrecision(3))} %`;

/** The two claims on a margin: the ratio is above it, and below it. */
function claims({ rate, ratio }: Margin) {
  const nullLogRatio = Math.log(ratio);
  const support = { nullLogRatio, scales: [-nullLogRatio] };
  return {
    'ours rates, planned': twoRates('up', { ...support, baseRate: rate }),
    'ours rates': twoRates('up', support),
    'ours exact': exactCounts('up', support.scales, nullLogRatio),
    'ours rates, planned, refuted': twoRates('down', { nullLogRatio, baseRate: rate }),
    'ours rates, refuted': twoRates('down', { nullLogRatio }),
  };
}

/** Nothing changes: the claim is true. */
function support(margin: Margin): Race<Binary> {
  const { rate, ratio, look, horizon } = margin;
  const { 'ours rates, planned': planned, 'ours rates': unplanned, 'ours exact': exact } = claims(margin);
  return {
    name: `no change, ${percent(rate)}, margin ${ratio}`,
    ...steady(0.5, [rate, rate], look),
    horizon,
    methods: {
      oracle: rateOracle(0.5, [rate, rate], ratio),
      'ours rates, planned': planned,
      'ours rates': unplanned,
      'ours exact': exact,
    },
  };
}

/** The rate falls exactly to the margin: the claim and its contrary are false. */
function boundary(margin: Margin): Race<Binary> {
  const { rate, ratio, look, horizon } = margin;
  return {
    name: `boundary, ${percent(rate)}, margin ${ratio}`,
    ...steady(0.5, [rate, rate * ratio], look),
    horizon,
    methods: claims(margin),
  };
}

function harm(from: number, to: number, look: number): Race<Binary> {
  const direction = to > from ? 'up' : 'down';
  return {
    name: `harm ${percent(from)} to ${percent(to)}`,
    ...steady(0.5, [from, to], look),
    horizon: 20_000,
    methods: {
      oracle: rateOracle(0.5, [from, to]),
      'ours rates, planned': twoRates(direction, { baseRate: from }),
      'ours rates': twoRates(direction),
      'ours exact': exactCounts(direction),
    },
  };
}

/** Treatment has `ratio` times the base rate of control, which drifts from phase to phase. */
function drifting(
  name: string,
  phases: readonly Omit<Phase, 'rates'>[],
  baseRates: readonly number[],
  ratio = 1,
) {
  const nullLogRatio = Math.log(ratio);
  const question = { nullLogRatio };
  return falseAlarms<Binary>({
    name,
    ...phased(
      phases.map((phase, i) => {
        const rate = baseRates[i % baseRates.length] as number;
        return { ...phase, rates: [rate, rate * ratio] };
      }),
      20,
    ),
    horizon: phases.reduce((sum, { units }) => sum + units, 0),
    methods: {
      'ours rates, up': twoRates('up', question),
      'ours rates, down': twoRates('down', question),
      'ours rates, planned, up': twoRates('up', { ...question, baseRate: 0.3 }),
      'ours rates, planned, down': twoRates('down', { ...question, baseRate: 0.3 }),
    },
  });
}

const phasesOf = (shares: readonly number[], units: number, times = 1) =>
  Array.from({ length: times * shares.length }, (_, i) => ({
    share: shares[i % shares.length] as number,
    units,
  }));

/** The bets without the events: lost records must not deceive them. */
function betsAlone(direction: Direction) {
  const question = { direction, nullLogRatio: 0, scales: ROBUST_SCALES, eventsWeight: 0 };
  return ({ stages }: Binary) =>
    maxWealth(stages, direction) >= NEEDED && rates.logEvidence(stageRates(stages), question) >= NEEDED;
}

/** Three in ten treated units leave no record, and the test believes in equal shares. */
function lostRecords(rate: number): Case {
  const { start, advance } = steady(0.35 / 0.85, [rate, rate], 20);
  const believed = (stream: Binary): Binary => ({
    ...stream,
    stages: stream.stages.map((stage) => ({ ...stage, share: 0.5 })),
  });
  const [up, down] = [betsAlone('up'), betsAlone('down')];
  return falseAlarms({
    name: `30 % of treatment's records lost, ${percent(rate)}`,
    start,
    advance,
    horizon: 10_000,
    methods: {
      'ours bets, up': (stream) => up(believed(stream)),
      'ours bets, down': (stream) => down(believed(stream)),
    },
  });
}

export const cases: readonly Case[] = [
  ...MARGINS.map((margin) => delays(support(margin), { effort: margin.rate < 0.1 ? 2 : 1 })),
  delays(harm(0.98, 0.96, 20)),
  delays(harm(0.5, 0.45, 20)),
  ...MARGINS.map((margin) => falseAlarms(boundary(margin))),
  drifting('ramp 5-50-95 %, base 20-70-30 %', phasesOf([0.05, 0.5, 0.95], 7_000), [0.2, 0.7, 0.3]),
  drifting('base rate swings 5-95 %', phasesOf([0.5], 500, 40), [0.05, 0.95]),
  drifting('base rate swings 5-95 %, ratio 0.9', phasesOf([0.3], 200, 100), [0.05, 0.95, 0.4], 0.9),
  lostRecords(0.05),
  lostRecords(0.35),
  lostRecords(0.9),
];
