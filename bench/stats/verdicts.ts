/**
 * Outcomes of complete experiments: conversion 5 %, hypothesis "the ratio stays above .8", at most 120,000 visits, a look
 * every 100. A true hypothesis should be supported, a false one refuted, one on the boundary undecided; the regression
 * flag is reported too.
 */

import type { Random } from '../../src/stats/numerics/random.ts';
import { latchHypothesis, type Reached, type State, weighCounts } from '../../src/stats/verdict.ts';
import { median, type Row } from '../row.ts';
import { ALPHA, maxEvidence, NEEDED, stageCounts } from './ours.ts';
import { alarmRow, type Case } from './race.ts';
import { type Binary, steady } from './traffic/streams.ts';

const CLAIM = { direction: 'up', marginRatio: 0.8 } as const;
const LOG_MARGIN = Math.log(CLAIM.marginRatio);
const HORIZON = 120_000;
const RATE = 0.05;

interface Outcome {
  state: State;
  /** Visits at which the hypothesis was decided, and at which harm was flagged; Infinity when never. */
  decided: number;
  flagged: number;
}

/** Follows one experiment to its end; the flag is watched beyond the decision. */
function follow({ start, advance }: ReturnType<typeof steady>, random: Random): Outcome {
  const stream = start();
  let reached: Reached<number> | undefined;
  let flagged = Number.POSITIVE_INFINITY;
  while (stream.n < HORIZON && (reached === undefined || flagged === Number.POSITIVE_INFINITY)) {
    advance(stream, random);
    const flagOpen = flagged === Number.POSITIVE_INFINITY;
    if (!mayTell(stream, { hypothesisOpen: reached === undefined, flagOpen })) continue;
    const evidence = weighCounts(stageCounts(stream.stages), CLAIM);
    reached = latchHypothesis(reached, evidence, ALPHA, stream.n);
    if (flagOpen && evidence.logEHarm >= NEEDED) flagged = stream.n;
  }
  return { state: reached?.state ?? 'open', decided: reached?.snapshot ?? Number.POSITIVE_INFINITY, flagged };
}

function mayTell({ stages }: Binary, open: { hypothesisOpen: boolean; flagOpen: boolean }): boolean {
  const reaches = (direction: 'up' | 'down', logRatio: number) =>
    maxEvidence(stages, direction, logRatio) >= NEEDED;
  return (
    (open.hypothesisOpen && (reaches('up', LOG_MARGIN) || reaches('down', LOG_MARGIN))) ||
    (open.flagOpen && reaches('down', 0))
  );
}

function verdicts(ratio: number): Case {
  const name = `hypothesis ratio > .8, true ${ratio}`;
  const figure = (what: string, value: number, unit: string): Row => ({
    case: `${name}: ${what}`,
    value,
    unit,
    versus: '',
    ratio: undefined,
  });
  return {
    name,
    kind: 'delays',
    effort: 1,
    rows: (runs, random) => {
      const stream = steady(0.5, [RATE, RATE * ratio]);
      const outcomes = Array.from({ length: runs }, () => follow(stream, random));
      const part = (is: (outcome: Outcome) => boolean) => outcomes.filter(is).length / runs;
      // On the boundary both claims are false, elsewhere one of them.
      const claim = (what: string, is: (outcome: Outcome) => boolean, wrong: boolean) =>
        wrong
          ? alarmRow(`${name}: ${what}`, part(is), { runs, alpha: ALPHA })
          : figure(what, 100 * part(is), '% of runs');
      return [
        claim('supported', ({ state }) => state === 'supported', ratio <= CLAIM.marginRatio),
        claim('refuted', ({ state }) => state === 'refuted', ratio >= CLAIM.marginRatio),
        claim('undecided', ({ state }) => state === 'open', false),
        figure('decision', median(outcomes.map(({ decided }) => decided)), 'samples, median'),
        claim('regression flag', ({ flagged }) => flagged <= HORIZON, ratio >= 1),
        figure('regression flag', median(outcomes.map(({ flagged }) => flagged)), 'samples, median'),
      ].filter(({ value }) => Number.isFinite(value));
    },
  };
}

export const cases: readonly Case[] = [1.2, 1, 0.9, 0.8, 0.7, 0.6].map(verdicts);
