/**
 * Other data without an effect: people with several requests each, and skewed revenue. Requests of one person fail together; a request-level test assumes that they are independent.
 */

import { addValue, type Moments, NO_MOMENTS, summaryOf } from '../../src/stats/means/moments.ts';
import { ratioSummary, type UnitSums } from '../../src/stats/means/ratio.ts';
import type { Random } from '../../src/stats/numerics/random.ts';
import type { ArmMeans } from '../../src/stats/verdict.ts';
import { means } from './ours.ts';
import { type Case, falseAlarms, type Race, type Stream } from './race.ts';
import { absolute, type Contrast, growthBook, zTest } from './rivals/peers.ts';
import { betaBinomial, binomial, geometric, normal } from './traffic/samplers.ts';
import { summaryOfArm } from './traffic/streams.ts';

const LOOK = 100;

interface Arms<Arm> extends Stream {
  control: Arm;
  treatment: Arm;
}

interface People extends UnitSums {
  withFault: number;
  withSuccess: number;
}

const nobody = (): People => ({ units: 0, e: 0, n: 0, ee: 0, nn: 0, en: 0, withFault: 0, withSuccess: 0 });

/** Eight requests on average, fewer for most people; one in twenty requests fails. */
function addPerson(arm: People, random: Random): void {
  const n = geometric(8, random);
  const e = betaBinomial(n, { rate: 0.05, icc: 0.15 }, random);
  arm.units++;
  arm.e += e;
  arm.n += n;
  arm.ee += e * e;
  arm.nn += n * n;
  arm.en += e * n;
  if (e > 0) arm.withFault++;
  if (e < n) arm.withSuccess++;
}

function people(): Race<Arms<People>> {
  const horizon = 10_000;
  const ofRequests = (test: (contrast: Contrast) => boolean) => (stream: Arms<People>) => {
    const [control, treatment] = [stream.control, stream.treatment].map(({ n, e }) =>
      summaryOfArm({ n, events: e }),
    );
    return test(absolute(control!, treatment!));
  };
  const ofPeople = (test: ReturnType<typeof means>) => (stream: Arms<People>) => {
    const arm = (sums: People): ArmMeans => ({
      ...ratioSummary(sums),
      nonZero: sums.withFault,
      nonOne: sums.withSuccess,
    });
    return test([{ control: arm(stream.control), treatment: arm(stream.treatment) }]);
  };
  const fixedZ = ofRequests(zTest());
  return {
    name: 'people with 8 requests, ICC .15',
    start: () => ({ n: 0, control: nobody(), treatment: nobody() }),
    advance: (stream, random) => {
      for (let i = 0; i < LOOK; i++)
        addPerson(random.chance(0.5) ? stream.treatment : stream.control, random);
      stream.n += LOOK;
    },
    horizon,
    methods: {
      'asymptotic, requests': ofRequests(growthBook),
      'z at the end, requests': (stream) => stream.n === horizon && fixedZ(stream),
      'ours people, up': ofPeople(means('up')),
      'ours people, down': ofPeople(means('down')),
    },
  };
}

interface Revenue {
  sums: Moments;
  buyers: number;
}

function revenue(sd: number): Race<Arms<Revenue>> {
  const buyers = binomial(0.03);
  const treated = binomial(0.5);
  const visit = (arm: Revenue, visits: number, random: Random) => {
    const bought = buyers(visits, random);
    arm.buyers += bought;
    for (let i = 0; i < bought; i++) arm.sums = addValue(arm.sums, Math.exp(3 + sd * normal(random)));
    // Visits without a purchase add 0 to every sum.
    arm.sums = { ...arm.sums, n: arm.sums.n + visits - bought };
  };
  const summary = ({ sums, buyers: nonZero }: Revenue) => ({ ...summaryOf(sums), nonZero });
  const ours = (test: ReturnType<typeof means>) => (stream: Arms<Revenue>) =>
    test([{ control: summary(stream.control), treatment: summary(stream.treatment) }]);
  return {
    name: `revenue 3 % x lognormal(3, ${sd})`,
    start: () => ({
      n: 0,
      control: { sums: NO_MOMENTS, buyers: 0 },
      treatment: { sums: NO_MOMENTS, buyers: 0 },
    }),
    advance: (stream, random) => {
      const inTreatment = treated(LOOK, random);
      visit(stream.control, LOOK - inTreatment, random);
      visit(stream.treatment, inTreatment, random);
      stream.n += LOOK;
    },
    horizon: 100_000,
    methods: {
      GrowthBook: ({ control, treatment }) => growthBook(absolute(summary(control), summary(treatment))),
      'ours mean, up': ours(means('up')),
      'ours mean, down': ours(means('down')),
    },
  };
}

export const cases: readonly Case[] = [
  falseAlarms(people()),
  falseAlarms(revenue(1.5)),
  falseAlarms(revenue(2.2)),
];
