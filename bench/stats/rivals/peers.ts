/**
 * The methods of others, in minimal form, so that they run on the same streams as ours. Each names its source. The
 * variance of a summary is that of the values, not of their mean.
 */

import { distributionBand } from '../../../src/stats/boundaries/stitching.ts';
import { logMismatch } from '../../../src/stats/counts/srm.ts';
import type { Summary } from '../../../src/stats/means/moments.ts';
import { normalQuantile } from '../../../src/stats/numerics/normal.ts';

const ALPHA = 0.05;

/** Treatment minus control, with the variance of the difference; `n` counts both arms. */
export interface Contrast {
  n: number;
  difference: number;
  variance: number;
}

export function absolute(control: Summary, treatment: Summary): Contrast {
  return {
    n: control.n + treatment.n,
    difference: treatment.mean - control.mean,
    variance: treatment.variance / treatment.n + control.variance / control.n,
  };
}

/** GrowthBook's default scale (gbstats, `frequentist/tests.py`): (m1 - m0)/m0 by the delta method. */
export function relative(control: Summary, treatment: Summary): Contrast {
  const [m0, m1] = [control.mean, treatment.mean];
  return {
    n: control.n + treatment.n,
    difference: (m1 - m0) / m0,
    variance:
      treatment.variance / treatment.n / m0 ** 2 + (control.variance / control.n) * (m1 ** 2 / m0 ** 4),
  };
}

/** Welch's z; NaN, which never alarms, while an arm is empty or has no variance. */
export function zOf({ difference, variance }: Contrast): number {
  return variance > 0 ? difference / Math.sqrt(variance) : Number.NaN;
}

/** The two-sided z-test with Bonferroni's correction for `looks` looks; with 1 look, the test that people repeat by peeking. */
export function zTest(looks = 1): (contrast: Contrast) => boolean {
  const critical = normalQuantile(1 - ALPHA / looks / 2);
  return (contrast) => Math.abs(zOf(contrast)) >= critical;
}

/**
 * The mixture sequential probability ratio test with a normal prior of standard deviation `tau`, in units of the
 * difference (Johari, Koomen, Pekelis and Walsh, "Always Valid Inference", Operations Research 70, 2022).
 */
export function mixtureSprt(tau: number): (contrast: Contrast) => boolean {
  return ({ difference, variance }) => {
    const sum = variance + tau * tau;
    const logLambda = 0.5 * Math.log(variance / sum) + (tau * difference) ** 2 / (2 * variance * sum);
    return variance > 0 && logLambda >= -Math.log(ALPHA);
  };
}

/**
 * GrowthBook's sequential test (gbstats, `SequentialTwoSidedTTest`): the two-sided asymptotic confidence sequence of
 * Waudby-Smith et al. (arXiv 2103.06476, equation 9), always tuned to 5,000 samples.
 */
export function growthBook({ n, difference, variance }: Contrast): boolean {
  const log = -2 * Math.log(ALPHA);
  const grown = (n * (log + Math.log1p(log))) / 5_000;
  const half = Math.sqrt(variance * 2 * ((grown + 1) / grown) * Math.log(Math.sqrt(grown + 1) / ALPHA));
  return variance > 0 && Math.abs(difference) >= half;
}

/** GrowthBook's minimum sample: 150 events in the *larger* arm (its `minSampleSize`, `Math.max` over the arms). */
export function guarded(control: { nonZero?: number }, treatment: { nonZero?: number }): boolean {
  return Math.max(control.nonZero ?? 0, treatment.nonZero ?? 0) >= 150;
}

/**
 * The Dirichlet-multinomial test of the events' arms, concentration 100 (Lindon and Malek, NeurIPS 2022). The formula is
 * that of our assignment test, so it runs our code.
 */
export function lindonMalek(events: readonly [number, number], treatmentShare: number): boolean {
  const shares = [1 - treatmentShare, treatmentShare];
  return logMismatch([{ counts: events, shares }], { k: 100 }) >= -Math.log(ALPHA);
}

/** Pearson's chi-square test of two counts, one degree of freedom, p < .01: the usual assignment check. */
export function chiSquare([control, treatment]: readonly [number, number], treatmentShare: number): boolean {
  const n = control + treatment;
  const surplus = treatment - n * treatmentShare;
  return surplus ** 2 / (n * treatmentShare * (1 - treatmentShare)) >= normalQuantile(0.995) ** 2;
}

/**
 * Bands around each arm's distribution function, half of alpha each, as at Netflix (Lindon, Sanden and Shirikian, KDD
 * 2022; bands of Howard and Ramdas, Bernoulli 2022). The bands of the two p-quantiles are apart at some p exactly when
 * the functions differ by more than both half widths at some x. Takes ascending values.
 */
export function bandsApart(control: Float64Array, treatment: Float64Array): boolean {
  const [n, m] = [control.length, treatment.length];
  const needed = distributionBand(n, ALPHA / 2) + distributionBand(m, ALPHA / 2);
  let [i, j] = [0, 0];
  while (i < n && j < m) {
    const x = Math.min(control[i] as number, treatment[j] as number);
    while (i < n && (control[i] as number) <= x) i++;
    while (j < m && (treatment[j] as number) <= x) j++;
    if (Math.abs(i / n - j / m) > needed) return true;
  }
  return false;
}
