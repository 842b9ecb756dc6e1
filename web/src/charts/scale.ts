/** The arithmetic of chart axes. */

/** Width of the y axis of an SVG chart, in px. */
export const AXIS_WIDTH = 44;

/** The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 · 10^k that is at least `max`; 1 unless `max` is positive. */
export function ceiling(max: number): number {
  if (!(max > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((factor) => factor * power >= max * (1 - 1e-9));
  return (step ?? 10) * power;
}

/** Round values from 0 to `top`, in at most `maxSteps` equal steps. */
export function steps(top: number, maxSteps: number): number[] {
  const size = ceiling(top / maxSteps);
  return Array.from({ length: Math.floor(top / size + 1e-9) + 1 }, (_, index) => index * size);
}

/** Ratios at which an axis may start or end. Dense near 1, where decisions are made. */
const EDGES = [
  1 / 32,
  1 / 16,
  0.1,
  0.15,
  0.2,
  0.3,
  0.4,
  0.5,
  0.6,
  0.7,
  0.8,
  0.9,
  0.95,
  1.05,
  1.1,
  1.2,
  1.35,
  1.5,
  1.75,
  2,
  2.5,
  3,
  4,
  6,
  8,
  16,
  32,
];

export interface EffectPoint {
  point: number | null;
  /** Bounds of the confidence sequence; null is an open end. */
  low: number | null;
  high: number | null;
}

/**
 * The range of a ratio axis: it contains 1, the margin, and the band of the later half of the looks. The wide early
 * band is cut off, so that it does not flatten the rest. An open end gets extra room.
 */
export function ratioDomain(points: readonly EffectPoint[], margin: number): [number, number] {
  const { values: effects, open } = lateHalf(points);
  const values = effects.filter((value) => value > 0);
  const pad = open ? 1.4 : 1.04;
  const lowest = Math.min(1, margin, ...values) / pad;
  const highest = Math.max(1, margin, ...values) * pad;
  return [
    EDGES.findLast((edge) => edge <= lowest) ?? (EDGES[0] as number),
    EDGES.find((edge) => edge >= highest) ?? (EDGES.at(-1) as number),
  ];
}

/** From coarse to fine. */
const RATIO_TICKS: readonly (readonly number[])[] = [
  [1],
  [0.1, 0.5, 1, 2, 10],
  [0.25, 0.5, 1, 2, 4],
  [0.7, 1, 1.4],
  [1 / 16, 1 / 8, 0.25, 0.5, 1, 2, 4, 8, 16],
  [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10],
  [0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 6],
  [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3],
  [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2],
  [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35],
];

/** The set of at most `maxTicks` round ratios within the domain whose largest gap on the axis is smallest. */
export function ratioTicks([low, high]: readonly [number, number], maxTicks: number): number[] {
  const gap = (ticks: readonly number[]) =>
    Math.max(...[...ticks, high].map((tick, index) => Math.log(tick / (ticks[index - 1] ?? low))));
  const fitting = RATIO_TICKS.map((ticks) =>
    ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001),
  ).filter(({ length }) => length <= Math.max(1, maxTicks));
  return fitting.reduce((best, ticks) => (gap(ticks) < gap(best) ? ticks : best), [1]);
}

/** The effects of the later half of the looks, and whether one of them has an open end. */
function lateHalf(points: readonly EffectPoint[]): { values: number[]; open: boolean } {
  const late = points.slice(Math.floor(points.length / 2));
  return {
    values: late
      .flatMap(({ point, low, high }) => [point, low, high])
      .filter((value): value is number => value !== null),
    open: late.some(({ low, high }) => low === null || high === null),
  };
}

/** The range of an axis of differences: it contains 0, the margin and the later band, and ends on round numbers. */
export function differenceDomain(points: readonly EffectPoint[], margin: number): [number, number] {
  const { values, open } = lateHalf(points);
  const lowest = Math.min(0, margin, ...values);
  const highest = Math.max(0, margin, ...values);
  const room = (highest - lowest || 1) * (open ? 0.4 : 0.1);
  const step = ceiling((highest - lowest + 2 * room) / 8);
  return [
    multiple(Math.floor((lowest - room) / step), step),
    multiple(Math.ceil((highest + room) / step), step),
  ];
}

/** At most `maxTicks` multiples of a round number within the domain, including 0. */
export function differenceTicks([low, high]: readonly [number, number], maxTicks: number): number[] {
  let step = ceiling((high - low) / Math.max(1, maxTicks));
  const count = () => Math.floor(high / step) - Math.ceil(low / step) + 1;
  while (count() > Math.max(1, maxTicks)) step = ceiling(step * 1.01);
  return Array.from({ length: count() }, (_, index) => multiple(Math.ceil(low / step) + index, step));
}

/** A multiple without the rounding error of binary fractions. */
function multiple(times: number, step: number): number {
  return Number((times * step).toPrecision(12));
}

/** Progress of evidence towards a claim, from 0 to 1. */
export function progress(logE: number, alpha: number): number {
  return Math.min(1, Math.max(0, logE / Math.log(1 / alpha)));
}
