/**
 * The assignment itself: units that fall into the arms as intended, slightly otherwise, or not at all because one arm's
 * records are lost.
 */
import { isMismatch, logMismatch } from '../../src/stats/counts/srm.ts';
import { type Case, delays, falseAlarms, type Race, type Stream } from './race.ts';
import { chiSquare } from './rivals/peers.ts';
import { binomial } from './traffic/samplers.ts';

interface Arms extends Stream {
  control: number;
  treatment: number;
}

interface Assigned {
  /** P(unit in treatment): as intended, and as it is. */
  share: number;
  actual: number;
  look: number;
  horizon: number;
}

function assignment(name: string, { share, actual, look, horizon }: Assigned): Race<Arms> {
  const treated = binomial(actual);
  const mismatch =
    (k?: number) =>
    ({ control, treatment }: Arms) =>
      isMismatch(
        logMismatch(
          [{ counts: [control, treatment], shares: [1 - share, share] }],
          k === undefined ? {} : { k },
        ),
      );
  return {
    name,
    start: () => ({ n: 0, control: 0, treatment: 0 }),
    advance: (units, random) => {
      const inTreatment = treated(look, random);
      units.control += look - inTreatment;
      units.treatment += inTreatment;
      units.n += look;
    },
    horizon,
    methods: {
      'k=10000': mismatch(10_000),
      'ours mixture': mismatch(),
      'Lindon-Malek k=100': mismatch(100),
      'chi-square peeked': ({ control, treatment }) => chiSquare([control, treatment], share),
    },
  };
}

const peer = 'k=10000';
const equal = { share: 0.5, actual: 0.5, look: 100, horizon: 100_000 };

export const cases: readonly Case[] = [
  falseAlarms(assignment('assignment 50/50', equal), { alpha: 0.01 }),
  delays(assignment('assignment 49/51', { ...equal, actual: 0.51, horizon: 200_000 }), { peer }),
];

/** Loses the share `lost` of treated units; the figure counts the remaining units of both arms. */
function loss(share: number, lost: number, look: number): Case {
  const actual = (share * (1 - lost)) / (1 - share * lost);
  const name = `assignment ${100 * (1 - share)}/${100 * share}, ${100 * lost} % of treatment lost`;
  return delays(assignment(name, { share, actual, look, horizon: 10_000 }), { peer });
}

export const losses: readonly Case[] = [
  loss(0.5, 1, 1),
  loss(0.1, 1, 1),
  loss(0.5, 0.3, 10),
  loss(0.5, 0.5, 10),
];
