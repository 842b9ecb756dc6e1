/**
 * 0/1 outcomes without an effect: an A/A test of a conversion rate, and the cases that break the incumbents: a ramp over
 * a drifting base rate, a small share, a relative scale. A look comes every 100 visits.
 */

import { ALPHA, binaryMeans, exactCounts, twoRates } from './ours.ts';
import { alarmRow, type Case, falseAlarms, firstAlarms, type Race, share } from './race.ts';
import {
  absolute,
  type Contrast,
  growthBook,
  guarded,
  lindonMalek,
  mixtureSprt,
  relative,
  zTest,
} from './rivals/peers.ts';
import { type Binary, phased, steady, summaryOfArm } from './traffic/streams.ts';

const LOOK = 100;
type Test = (contrast: Contrast) => boolean;

/** A test of means on the arms' sums over all stages. */
export function pooledMeans(test: Test, contrast = absolute) {
  return ({ total }: Binary) => test(contrast(summaryOfArm(total.control), summaryOfArm(total.treatment)));
}

export const dirichlet = ({ total: { share, control, treatment } }: Binary) =>
  lindonMalek([control.events, treatment.events], share);

function whenBothHaveEvents(alarms: (stream: Binary) => boolean) {
  return (stream: Binary) =>
    stream.total.control.events > 0 && stream.total.treatment.events > 0 && alarms(stream);
}

function whenGuarded(alarms: (stream: Binary) => boolean) {
  return (stream: Binary) =>
    guarded(summaryOfArm(stream.total.control), summaryOfArm(stream.total.treatment)) && alarms(stream);
}

const oursBothWays = () => ({
  'ours exact, up': exactCounts('up'),
  'ours exact, down': exactCounts('down'),
  'ours rates, up': twoRates('up'),
  'ours rates, down': twoRates('down'),
  'ours mean, up': binaryMeans('up'),
  'ours mean, down': binaryMeans('down'),
});

function conversion(horizon: number): Race<Binary> {
  return {
    name: `A/A conversion 5 %, ${horizon / 1000}k`,
    ...steady(0.5, [0.05, 0.05], LOOK),
    horizon,
    methods: {
      'ours exact s=.22, down': exactCounts('down', [0.22]),
      ...oursBothWays(),
      'z peeked': pooledMeans(zTest()),
      'z Bonferroni': pooledMeans(zTest(horizon / LOOK)),
      'mSPRT tau .01': pooledMeans(mixtureSprt(0.01)),
      'mSPRT tau .05': pooledMeans(mixtureSprt(0.05)),
      GrowthBook: pooledMeans(growthBook),
      'Lindon-Malek k=100': dirichlet,
    },
  };
}

function ramp(): Race<Binary> {
  const phase = (part: number, rate: number) => ({
    share: part,
    rates: [rate, rate] as const,
    units: 20_000,
  });
  return {
    name: 'ramp 5-50-95 %, base 3-6-3 %',
    ...phased([phase(0.05, 0.03), phase(0.5, 0.06), phase(0.95, 0.03)], LOOK),
    horizon: 60_000,
    methods: { 'GrowthBook, pooled': pooledMeans(growthBook), ...oursBothWays() },
  };
}

function smallShare(part: number): Race<Binary> {
  return {
    name: `share ${100 * part} %, errors 1 %`,
    ...steady(part, [0.01, 0.01], LOOK),
    horizon: 100_000,
    methods: {
      'asymptotic, no burn-in': pooledMeans(growthBook),
      'GrowthBook guard, relative': whenGuarded(pooledMeans(growthBook, relative)),
      'GrowthBook guard, absolute': whenGuarded(pooledMeans(growthBook)),
      ...oursBothWays(),
    },
  };
}

function relativeScale(part: number, rate: number): Race<Binary> {
  return {
    name: `relative lift, share ${100 * part} %, rate ${100 * rate} %`,
    ...steady(part, [rate, rate], LOOK),
    horizon: 100_000,
    methods: {
      'GrowthBook relative, no guard': whenBothHaveEvents(pooledMeans(growthBook, relative)),
      'ours log ratio, up': binaryMeans('up', { scale: 'logRatio' }),
      'ours log ratio, down': binaryMeans('down', { scale: 'logRatio' }),
    },
  };
}

const RATES = [0.002, 0.01, 0.05, 0.2, 0.5];
const SHARES = [0.01, 0.05, 0.1, 0.5];

/** For each engine, reports only the direction that alarms more often. */
function grid(rate: number, part: number): Case {
  const race: Race<Binary> = {
    name: `grid, rate ${100 * rate} %, share ${100 * part} %`,
    ...steady(part, [rate, rate], LOOK),
    horizon: 100_000,
    methods: oursBothWays(),
  };
  const row = (engine: string, alarms: Map<string, number[]>, runs: number) => {
    const worse = Math.max(...['up', 'down'].map((way) => share(alarms.get(`${engine}, ${way}`) ?? [])));
    return alarmRow(`${race.name}: ${engine}, worse direction`, worse, { runs, alpha: ALPHA });
  };
  return {
    name: race.name,
    kind: 'false alarms',
    effort: 1,
    rows: (runs, random) => {
      const alarms = firstAlarms(race, runs, random);
      return ['ours exact', 'ours rates', 'ours mean'].map((engine) => row(engine, alarms, runs));
    },
  };
}

export const cases: readonly Case[] = [
  falseAlarms(conversion(10_000)),
  falseAlarms(conversion(100_000)),
  falseAlarms(ramp()),
  falseAlarms(smallShare(0.05)),
  falseAlarms(smallShare(0.02)),
  falseAlarms(relativeScale(0.5, 0.05)),
  falseAlarms(relativeScale(0.5, 0.005)),
  falseAlarms(relativeScale(0.1, 0.01)),
  ...RATES.flatMap((rate) => SHARES.map((part) => grid(rate, part))),
];
