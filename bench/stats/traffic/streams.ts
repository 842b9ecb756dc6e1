/**
 * Streams of 0/1 outcomes: visits that convert or requests that fail, in two arms, through phases of constant share.
 * Units are assigned at random, as in the product, so the sizes of the arms vary too; or they are dealt to the arms in
 * turn, as in many published simulations.
 */
import type { Random } from '../../../src/stats/numerics/random.ts';
import type { ArmMeans } from '../../../src/stats/verdict.ts';
import { binomial } from './samplers.ts';

export interface Arm {
  n: number;
  events: number;
}

export interface Stage {
  share: number;
  control: Arm;
  treatment: Arm;
}

export interface Binary {
  n: number;
  /** One stage per phase that has begun. */
  stages: Stage[];
  /** All stages pooled, as the incumbents do. With one phase, it is the only stage. */
  total: Stage;
}

export interface Phase {
  /** P(unit in treatment). */
  share: number;
  /** P(event) in control and treatment. */
  rates: readonly [control: number, treatment: number];
  /** Units of both arms; the last phase is endless. */
  units: number;
  /** Whether units are dealt in turn, so that the arms get their exact shares. */
  dealt?: boolean;
}

const empty = (share: number): Stage => ({
  share,
  control: { n: 0, events: 0 },
  treatment: { n: 0, events: 0 },
});

/** One phase; each look sees `look` more units. */
export function steady(share: number, rates: Phase['rates'], look = 100, dealt = false) {
  return phased([{ share, rates, units: Number.POSITIVE_INFINITY, dealt }], look);
}

export function phased(phases: readonly Phase[], look = 100) {
  const draws = phases.map(({ share, rates, dealt = false }) => ({
    treated: dealt ? dealer(share) : binomial(share),
    events: [binomial(rates[0]), binomial(rates[1])] as const,
  }));
  const ends = phases.map((_, i) => phases.slice(0, i + 1).reduce((sum, { units }) => sum + units, 0));
  return {
    start: (): Binary => {
      const stage = empty(phases[0]?.share ?? 0.5);
      return { n: 0, stages: [stage], total: phases.length === 1 ? stage : empty(stage.share) };
    },
    advance: (stream: Binary, random: Random) => {
      if (stream.n >= (ends[stream.stages.length - 1] as number))
        stream.stages.push(empty((phases[stream.stages.length] as Phase).share));
      const phase = stream.stages.length - 1;
      const { treated, events } = draws[phase] as (typeof draws)[number];
      const inTreatment = treated(look, random, stream.n);
      const counts = [events[0](look - inTreatment, random), events[1](inTreatment, random)] as const;
      const stage = stream.stages[phase] as Stage;
      for (const target of stage === stream.total ? [stage] : [stage, stream.total]) {
        target.control.n += look - inTreatment;
        target.control.events += counts[0];
        target.treatment.n += inTreatment;
        target.treatment.events += counts[1];
      }
      stream.n += look;
    },
  };
}

/** The number of the next units that are dealt to treatment, after `before` units. */
function dealer(share: number) {
  return (units: number, _: Random, before: number) =>
    Math.floor((before + units) * share) - Math.floor(before * share);
}

/** The summary of 0/1 values for a test of means; the variance has the divisor n-1. */
export function summaryOfArm({ n, events }: Arm): ArmMeans {
  if (n === 0) return { n, mean: 0, variance: 0, nonZero: 0, nonOne: 0 };
  const mean = events / n;
  const variance = n < 2 ? 0 : (events * (1 - mean)) / (n - 1);
  return { n, mean, variance, nonZero: events, nonOne: n - events };
}
