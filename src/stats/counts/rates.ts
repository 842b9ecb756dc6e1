/**
 * The ratio of two rates, from units with the event and without: an exact e-process for common events too.
 *
 * `counts.ts` looks at events alone, which is all there is to see when they are rare; of a rate p it leaves the part p
 * of the information unused. Here its e-value is averaged with that of bets on both rates (`bets.ts`), by weights fixed
 * before the first look, so that the average is an e-value as well. It is never less than the weight times either:
 * with equal weights it costs ln 2 of the better one at most.
 *
 * What has to be true is what the theorem in `bets.ts` says: units are taken in the order of their exposure, each falls
 * into treatment with the stage's share whatever happened before, and both arms' outcomes are those of the same age.
 * Base rates may drift. One mixture over the ratio runs through all stages; a stage has its own share.
 *
 * The bets pay for arms of unequal size as well, since that, too, is unlikely under the share. To let lost records not
 * speak for or against a treatment, the evidence of the bets is at most twice what it is with the arms weighed to their
 * shares. That can only lower it. Events alone have no such limit: a sample-ratio mismatch (`srm.ts`) voids them.
 */
import { checkBetween, checkFraction } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import { findCrossing } from '../numerics/root.ts';
import { logSumExp } from '../numerics/special.ts';
import { type Bets, betsOf } from './bets.ts';
import { checkNull, evidenceCurve, MAX_LOG_RATIO, type OneSided, type RatioBounds } from './counts.ts';
import { checkRates, isEmpty, logRatioOf, type StageRates, standardError, upward } from './stage-rates.ts';

/** What is fixed before the first look, besides the question. */
export interface RatePlan {
  /** The rate of the event in control that was planned with. It need not be right; without it all rates are as likely. */
  baseRate?: number | undefined;
  /** The weight of the events alone in the average, from 0 to 1; from `baseRate` unless given. */
  eventsWeight?: number | undefined;
}

const MIN_EVENTS_WEIGHT = 0.2;
/** Arms of unequal size may raise the evidence of the bets by this factor. */
const LOG_MAX_IMBALANCE = Math.LN2;
/** Step of the search for bounds, in standard errors, and its precision as a part of a step. */
const STEP_ERRORS = 3;
const BOUND_PRECISION = 1e-8;
/** More evaluations than the search for a bound takes. */
const MAX_KEPT = 1_000;

/**
 * The weight of the events alone: half when nothing is planned. Else half of the information that they hold of it,
 * 1 - rate, but not less than a fifth, in case the plan is wrong.
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

/** ln of the e-values that are averaged. */
export interface RateEvidence {
  logE: number;
  logEEvents: number;
  logERates: number;
}

/**
 * Natural log of the e-value against "the ratio is on the other side of `nullLogRatio`", over all stages with one common
 * ratio; at most 0 while an arm is empty. Valid at every look. Falls as `nullLogRatio` moves the way of `direction`. Throws
 * `StatsInputError` on events that are not whole or exceed their units, and on what `counts.logEvidence` refuses.
 */
export function logEvidence(stages: readonly StageRates[], question: OneSided & RatePlan): number {
  return evidenceOf(stages, question).logE;
}

/** The same with its parts. */
export function evidenceOf(stages: readonly StageRates[], question: OneSided & RatePlan): RateEvidence {
  checkRates(stages);
  checkNull(question);
  return curveOf(stages, question, true)(question.nullLogRatio);
}

/**
 * The confidence sequence of the ratio of rates at `alpha` on each side: the ratios that neither one-sided e-process has
 * rejected. The estimate is Mantel and Haenszel's; it lies between the bounds where units fit their shares. `scales` are
 * as for `counts.ratioBounds`. All null without events or while an arm is empty. Throws `StatsInputError`.
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

/** Where `surplus`, monotone, changes sign: in the direction of `step`, or against it if it is positive already. */
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

/** The evidence as a function of the null; `kept` where the same nulls are asked for look after look. */
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

/** ln of what the bets have won, as a function of ln R. */
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
    // An arm counts as much as the other one's size allows: weighed so, the arms have their shares.
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
