import type { MetricLook } from '../../experiments/schema.ts';

const OPEN = { ratio: ['0', '∞'], difference: ['-∞', '∞'] } as const;

/** The estimated effect with `digits` decimals: "0.97"; "–" for null. */
export function pointText({ point }: Pick<MetricLook, 'point'>, digits: number): string {
  return point === null ? '–' : point.toFixed(digits);
}

/** The bounds of the confidence sequence with `digits` decimals: "0.81 … 1.12". */
export function boundsText(
  { scale, low, high }: Pick<MetricLook, 'scale' | 'low' | 'high'>,
  digits: number,
): string {
  const [lowest, highest] = OPEN[scale];
  return `${low?.toFixed(digits) ?? lowest} … ${high?.toFixed(digits) ?? highest}`;
}
