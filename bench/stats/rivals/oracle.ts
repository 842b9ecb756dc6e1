/**
 * The oracles: likelihood ratios that know both distributions; no real method can beat them by much. Against "the arms
 * are equal", the best e-value uses as common distribution the mixture of the two in the shares of the arms (Grünwald, de Heide and Koolen, "Safe testing", JRSS B 86, 2024).
 */
import type { Summary } from '../../../src/stats/means/moments.ts';
import type { Arm, Binary, Phase } from '../traffic/streams.ts';

const NEEDED = Math.log(20);

/** The oracle for 0/1 outcomes in one phase, against "the ratio of the rates is `ratio`, or on its other side". */
export function rateOracle(share: number, rates: Phase['rates'], ratio = 1): (stream: Binary) => boolean {
  const nearest = nearestRates(share, rates, ratio);
  const logRatio = ({ n, events }: Arm, p: number, q: number) =>
    events * Math.log(p / q) + (n - events) * Math.log((1 - p) / (1 - q));
  return ({ total }) =>
    logRatio(total.control, rates[0], nearest[0]) + logRatio(total.treatment, rates[1], nearest[1]) >= NEEDED;
}

/** The rates q and `ratio` q with the least divergence from the given ones, the arms weighted by their shares. */
export function nearestRates(
  share: number,
  [p0, p1]: readonly [number, number],
  ratio: number,
): [number, number] {
  const pooled = (1 - share) * p0 + share * p1;
  const middle = 1 - share + ratio * share + share * p1 + ratio * (1 - share) * p0;
  const q = (2 * pooled) / (middle + Math.sqrt(Math.max(0, middle * middle - 4 * ratio * pooled)));
  return [q, ratio * q];
}

/** The oracle for normal values with standard deviation `sd`, half of them in treatment. Takes the summaries of the arms. */
export function shiftOracle([mu0, mu1]: readonly [number, number], sd: number) {
  const pooled = (mu0 + mu1) / 2;
  const logRatio = ({ n, mean }: Summary, mu: number) =>
    (n * (mu - pooled) * (2 * mean - mu - pooled)) / (2 * sd * sd);
  return (control: Summary, treatment: Summary) =>
    logRatio(control, mu0) + logRatio(treatment, mu1) >= NEEDED;
}
