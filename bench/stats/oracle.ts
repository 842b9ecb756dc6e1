/**
 * The oracles: likelihood ratios that know both distributions; no real method can beat them by much. Against "the arms
 * are equal", the best e-value uses as common distribution the mixture of the two in the shares of the arms (Grünwald, de Heide and Koolen, "Safe testing", JRSS B 86, 2024).
 */
import type { Summary } from '../../src/stats/means/moments.ts';
import type { Arm, Binary, Phase } from './traffic/streams.ts';

const NEEDED = Math.log(20);

/** The oracle for 0/1 outcomes in one phase. */
export function rateOracle(share: number, [p0, p1]: Phase['rates']): (stream: Binary) => boolean {
  const pooled = (1 - share) * p0 + share * p1;
  const logRatio = ({ n, events }: Arm, p: number) =>
    events * Math.log(p / pooled) + (n - events) * Math.log((1 - p) / (1 - pooled));
  return ({ total }) => logRatio(total.control, p0) + logRatio(total.treatment, p1) >= NEEDED;
}

/** The oracle for normal values with standard deviation `sd`, half of them in treatment. Takes the summaries of the arms. */
export function shiftOracle([mu0, mu1]: readonly [number, number], sd: number) {
  const pooled = (mu0 + mu1) / 2;
  const logRatio = ({ n, mean }: Summary, mu: number) =>
    (n * (mu - pooled) * (2 * mean - mu - pooled)) / (2 * sd * sd);
  return (control: Summary, treatment: Summary) =>
    logRatio(control, mu0) + logRatio(treatment, mu1) >= NEEDED;
}
