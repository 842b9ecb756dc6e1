/**
 * The ratio of two rates, from units with the event and without: an exact e-process that is powerful for common events.
 *
 * `counts.ts` uses events alone. That is nearly all the information about a rare event; at a rate p it misses the
 * fraction p. This module averages its e-value with that of bets on both rates (`bets.ts`). The weights are fixed
 * before the first look, so the average is an e-value. Equal weights cost at most ln 2 against the better of the two.
 *
 * The e-process is valid under the theorem in `bets.ts`: units are ordered by exposure, each falls into treatment with
 * the stage's share independently of all before it, and outcomes are judged at the same age in both arms. Base rates
 * may drift. One mixture over the ratio runs through all stages.
 *
 * The bets also win on unequal arm sizes, which are unlikely under the share. So that lost records cannot make a claim,
 * the e-value of the bets is capped at twice its value with the arms reweighted to their shares; a cap keeps it valid.
 * The e-value of events has no such cap: a sample-ratio mismatch (`srm.ts`) voids it.
 */
import { checkBetween, checkFraction } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import { findCrossing } from '../numerics/root.ts';
import { logSumExp } from '../numerics/special.ts';
import { type Bets, betsOf } from './bets.ts';
import { checkNull, evidenceCurve, MAX_LOG_RATIO, type OneSided, type RatioBounds } from './counts.ts';
import { checkRates, isEmpty, logRatioOf, type StageRates, standardError, upward } from './stage-rates.ts';

/** Tuning, fixed before the first look. */
export interface RatePlan {
  /** The expected rate of the event in control. A wrong one costs samples, not validity. */
  baseRate?: number | undefined;
  /** Weight of the events-only e-value in the average, from 0 to 1. Follows from `baseRate` unless given. */
  eventsWeight?: number | undefined;
}

const MIN_EVENTS_WEIGHT = 0.2;
/** Unequal arm sizes may raise the e-value of the bets by this factor. */
const LOG_MAX_IMBALANCE = Math.LN2;
/** Step of the search for a bound, in standard errors, and its precision as a fraction of the step. */
const STEP_ERRORS = 3;
const BOUND_PRECISION = 1e-8;
/** Exceeds the evaluations of any search for a bound. */
const MAX_KEPT = 1_000;

/**
 * Weight of the events-only e-value: 1/2 without a planned base rate p, else (1 - p)/2, because events hold the
 * fraction 1 - p of the information. At least 1/5, in case the plan is wrong. Throws `StatsInputError` outside [0, 1].
 */
export function eventsWeightOf({ baseRate, eventsWeight }: RatePlan): number {
  if (eventsWeight !== undefined) {
    checkBetween(eventsWeight, 0, 1, 'eventsWeight');
    return eventsWeight;
  }
  if (baseRate === undefined) return 0.5;
  checkBetween(baseRate, 0, 1, 'baseRate');
  return Math.max(MIN_EVENTS_WEIGHT, (1 - baseRate) / 2);
}

/** The averaged e-value and its two parts, as natural logarithms. */
export interface RateEvidence {
  logE: number;
  logEEvents: number;
  logERates: number;
}

/**
 * Natural log of the e-value against "the ratio is on the other side of `nullLogRatio`", over all stages with one
 * common ratio; at most 0 while an arm is empty. Valid at every look. Falls as `nullLogRatio` moves the way of
 * `direction`. Throws `StatsInputError` on events that are not whole or exceed their units, and on what
 * `counts.logEvidence` refuses.
 */
export function logEvidence(stages: readonly StageRates[], question: OneSided & RatePlan): number {
  return evidenceOf(stages, question).logE;
}

/** `logEvidence` with its two parts. */
export function evidenceOf(stages: readonly StageRates[], question: OneSided & RatePlan): RateEvidence {
  checkRates(stages);
  checkNull(question);
  return curveOf(stages, question, true)(question.nullLogRatio);
}

/**
 * The confidence sequence of the ratio of rates at `alpha` on each side: the ratios that neither one-sided e-process
 * has rejected. The estimate is Mantel and Haenszel's; it lies between the bounds unless arm sizes contradict the
 * shares. `scales` are as for `counts.ratioBounds`. All fields are null without events or while an arm is empty. Throws
 * `StatsInputError`.
 */
export function ratioBounds(
  stages: readonly StageRates[],
  {
    alpha,
    scales,
    ...plan
  }: { alpha: number; scales: { up: readonly number[]; down: readonly number[] } } & RatePlan,
): RatioBounds {
  checkRates(stages);
  checkFraction(alpha, 'alpha');
  const needed = Math.log(1 / alpha);
  const estimate = logRatioOf(stages);
  const curve = (direction: 'up' | 'down') => {
    const evidence = curveOf(stages, { direction, scales: scales[direction], ...plan }, false);
    return memoized((logRatio: number) => evidence(logRatio).logE - needed, MAX_KEPT);
  };
  const [up, down] = [curve('up'), curve('down')];
  if (estimate === null) return { ratio: null, low: null, high: null };
  const from = Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, estimate));
  const step = STEP_ERRORS * standardError(stages);
  const low = crossing(up, { from, step: -step });
  const high = crossing(down, { from, step });
  return {
    ratio: Math.exp(estimate),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
  };
}

/**
 * The zero of a monotone `surplus`, searched in the direction of `step`, or against it if `surplus` is already
 * positive.
 */
function crossing(
  surplus: (x: number) => number,
  { from, step }: { from: number; step: number },
): number | null {
  const outside = surplus(from) >= 0;
  const way = outside ? -step : step;
  return findCrossing(outside ? (x) => -surplus(x) : surplus, {
    from,
    step: way,
    limit: Math.sign(way) * MAX_LOG_RATIO,
    tolerance: BOUND_PRECISION * Math.abs(step),
  });
}

type Curve = (nullLogRatio: number) => RateEvidence;

/**
 * The evidence as a function of the null's log ratio. `kept` caches tables per null, for nulls that recur at every
 * look.
 */
function curveOf(
  stages: readonly StageRates[],
  { direction, scales, ...plan }: Omit<OneSided, 'nullLogRatio'> & RatePlan,
  kept: boolean,
): Curve {
  const weight = eventsWeightOf(plan);
  const { baseRate } = plan;
  const bets = betsOf({ scales, baseRate });
  const [noControl, noTreatment] = [isEmpty(stages, 'control'), isEmpty(stages, 'treatment')];
  if (noControl && noTreatment) return () => ({ logE: 0, logEEvents: 0, logERates: 0 });
  const most = noControl || noTreatment ? 0 : Number.POSITIVE_INFINITY;
  const ofEvents = evidenceCurve(
    stages.map(({ control, treatment, share }) => ({
      control: control.events,
      treatment: treatment.events,
      share,
    })),
    { direction, scales },
    kept,
  );
  const ofRates = wealthCurve(upward(stages, direction), bets, kept);
  const sign = direction === 'up' ? 1 : -1;
  return (nullLogRatio) => {
    const logEEvents = Math.min(most, ofEvents(nullLogRatio));
    const logERates = Math.min(most, ofRates(sign * nullLogRatio));
    const logE = logSumExp([Math.log(weight) + logEEvents, Math.log1p(-weight) + logERates]);
    return { logE, logEEvents, logERates };
  };
}

/** ln of the wealth of the bets, as a function of ln R. */
function wealthCurve(
  stages: readonly StageRates[],
  bets: Bets,
  kept: boolean,
): (nullLogRatio: number) => number {
  const size = bets.logWeight.length;
  const fixed = Float64Array.from(bets.logWeight);
  const fixedInShares = Float64Array.from(bets.logWeight);
  const periods = stages.map(({ control, treatment, share }) => {
    const factors = bets.factors(share);
    const units = control.units + treatment.units;
    // Each arm is weighted by the size of the other: the weighted sizes have the ratio of the shares.
    const ofControl = treatment.units / (share * units);
    const ofTreatment = control.units / ((1 - share) * units);
    const [without, treatedWithout] = [control.units - control.events, treatment.units - treatment.events];
    for (let i = 0; i < size; i++) {
      const inControl =
        control.events * (factors.controlEvent[i] as number) + without * (factors.controlNone[i] as number);
      const inTreatment = treatedWithout * (factors.treatmentNone[i] as number);
      (fixed[i] as number) += inControl + inTreatment;
      (fixedInShares[i] as number) += ofControl * inControl + ofTreatment * inTreatment;
    }
    return { factors, events: treatment.events, eventsInShares: ofTreatment * treatment.events };
  });
  const terms = new Float64Array(size);
  const termsInShares = new Float64Array(size);
  return (nullLogRatio) => {
    const inverse = Math.exp(-nullLogRatio);
    terms.set(fixed);
    termsInShares.set(fixedInShares);
    for (const { factors, events, eventsInShares } of periods) {
      if (events === 0) continue;
      const factor = kept ? factors.keptTreatmentEvent(inverse) : factors.treatmentEvent(inverse);
      for (let i = 0; i < size; i++) {
        (terms[i] as number) += events * (factor[i] as number);
        (termsInShares[i] as number) += eventsInShares * (factor[i] as number);
      }
    }
    return Math.min(logSumExp(terms), LOG_MAX_IMBALANCE + logSumExp(termsInShares));
  };
}
