import type { MetricLook } from '../../experiments/schema.ts';

const OPEN = { ratio: ['0', '∞'], difference: ['-∞', '∞'] } as const;

/** The estimated effect with a number of digits after the point: "0.97", "–" without one. */
export function pointText({ point }: Pick<MetricLook, 'point'>, digits: number): string {
  return point === null ? '–' : point.toFixed(digits);
}

/** Its confidence sequence: "0.81 … 1.12". */
export function boundsText(
  { scale, low, high }: Pick<MetricLook, 'scale' | 'low' | 'high'>,
  digits: number,
): string {
  const [lowest, highest] = OPEN[scale];
  return `${low?.toFixed(digits) ?? lowest} … ${high?.toFixed(digits) ?? highest}`;
}
