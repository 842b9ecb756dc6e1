import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import { ratioDomain } from '../scale.ts';

/** One metric's confidence sequence over the run, as a chart needs it: logarithms, open ends clamped to the axis. */
export interface ConfidenceColumns {
  /** The looks that the columns come from, aligned with them. */
  points: readonly { seconds: number; look: MetricLook }[];
  seconds: number[];
  ratio: (number | null)[];
  low: number[];
  high: number[];
  /** The ratios at the ends of the axis. */
  domain: [number, number];
}

export function confidenceColumns(
  looks: readonly LookView[],
  metric: string,
  marginRatio: number,
): ConfidenceColumns {
  const points = looks.flatMap(({ elapsedMs, metrics }) => {
    const look = metrics.find((candidate) => candidate.metric === metric);
    return look === undefined ? [] : [{ seconds: elapsedMs / 1000, look }];
  });
  const domain = ratioDomain(
    points.map(({ look }) => look),
    marginRatio,
  );
  const [least, most] = domain;
  const clamp = (value: number) => Math.log(Math.min(most, Math.max(least, value)));
  return {
    points,
    domain,
    seconds: points.map(({ seconds }) => seconds),
    ratio: points.map(({ look }) => (look.ratio === null ? null : clamp(look.ratio))),
    low: points.map(({ look }) => clamp(look.low ?? 0)),
    high: points.map(({ look }) => clamp(look.high ?? Number.POSITIVE_INFINITY)),
  };
}
