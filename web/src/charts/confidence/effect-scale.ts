import type { MetricLook } from '../../../../src/experiments/schema.ts';
import { bounds, difference, NONE, ratio } from '../../format.ts';
import { differenceDomain, differenceTicks, type EffectPoint, ratioDomain, ratioTicks } from '../scale.ts';

/** How effects of one scale are drawn and formatted. */
export interface EffectScale {
  /** The label of a chart's line. */
  name: string;
  /** The effect of a treatment that changes nothing, and its label in a chart. */
  none: number;
  noneText: string;
  /** Converts to the scale on which the axis is linear, and back. */
  toAxis(effect: number): number;
  fromAxis(value: number): number;
  /** The effects at the ends of the axis. */
  domain(points: readonly EffectPoint[], margin: number): [number, number];
  ticks(domain: readonly [number, number], maxTicks: number): number[];
  /** The lower end of an open confidence sequence. */
  lowest: number;
  /** An effect as text; `NONE` for null. */
  text(effect: number | null): string;
  bounds(low: number | null, high: number | null): string;
}

export const EFFECT_SCALES: Readonly<Record<MetricLook['scale'], EffectScale>> = {
  ratio: {
    name: 'Ratio treatment / control',
    none: 1,
    noneText: '1.00×: no difference',
    toAxis: Math.log,
    fromAxis: Math.exp,
    domain: ratioDomain,
    ticks: ratioTicks,
    lowest: 0,
    text: ratio,
    bounds,
  },
  difference: {
    name: 'Difference treatment − control',
    none: 0,
    noneText: '0: no difference',
    toAxis: (effect) => effect,
    fromAxis: (value) => value,
    domain: differenceDomain,
    ticks: differenceTicks,
    lowest: Number.NEGATIVE_INFINITY,
    text: (effect) => (effect === null ? NONE : difference(effect)),
    bounds: (low, high) =>
      `${low === null ? '−∞' : difference(low)} to ${high === null ? '∞' : difference(high)}`,
  },
};

/** The position of an effect on the axis, from 0 to 1; effects beyond an end are clamped to it. */
export function effectPosition(
  { toAxis }: EffectScale,
  effect: number,
  [low, high]: readonly [number, number],
): number {
  if (effect <= low) return 0;
  if (effect >= high) return 1;
  return (toAxis(effect) - toAxis(low)) / (toAxis(high) - toAxis(low));
}
