/**
 * How long an experiment takes: the number of events at which the expected evidence reaches the threshold.
 *
 * With the events split as expected, the log-evidence of `counts.ts` grows deterministically. The evidence of a real run
 * wanders around that path and so tends to cross a little sooner: this is somewhat above the median (Wald 1945:
 * threshold over drift; 617 against a simulated median near 500 at a margin of .8).
 */
import { logEvidence } from './counts.ts';
import { checkBetween, checkFraction } from './input.ts';
import { type Claim, supportScales } from './verdict.ts';

const MOST_EVENTS = 2 ** 40;

export interface Plan extends Claim {
  /** P(unit in treatment | unit in the experiment). */
  share: number;
  alpha: number;
  /** The ratio of rates that is expected in truth; 1 when the treatment changes nothing. */
  expectedRatio?: number;
}

/**
 * Events needed in both arms together until the hypothesis is supported, somewhat above the median. Infinity when the
 * expected ratio does not lie on the better side of the margin. Throws `StatsInputError`.
 */
export function eventsForSupport({ direction, marginRatio, share, alpha, expectedRatio = 1 }: Plan): number {
  checkFraction(share, 'share');
  checkFraction(alpha, 'alpha');
  checkBetween(marginRatio, 1e-6, 1e6, 'marginRatio');
  checkBetween(expectedRatio, 1e-6, 1e6, 'expectedRatio');
  const odds = (share / (1 - share)) * expectedRatio;
  const question = {
    direction,
    nullLogRatio: Math.log(marginRatio),
    scales: supportScales({ direction, marginRatio }),
  };
  const reached = (events: number) => {
    const treatment = Math.round((events * odds) / (1 + odds));
    return logEvidence([{ control: events - treatment, treatment, share }], question) >= Math.log(1 / alpha);
  };
  let high = 1;
  while (!reached(high)) {
    high *= 2;
    if (high > MOST_EVENTS) return Number.POSITIVE_INFINITY;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}
