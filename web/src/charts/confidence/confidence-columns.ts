import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import type { EffectScale } from './effect-scale.ts';

/** One metric's confidence sequence over the run, on the scale of the chart's axis; open ends are clamped to it. */
export interface ConfidenceColumns {
  /** The looks behind the columns, aligned with them. */
  points: readonly { seconds: number; look: MetricLook }[];
  seconds: number[];
  point: (number | null)[];
  low: number[];
  high: number[];
  /** The effects at the ends of the axis. */
  domain: [number, number];
}

export function confidenceColumns(
  looks: readonly LookView[],
  metric: string,
  margin: number,
  scale: EffectScale,
): ConfidenceColumns {
  const points = looks.flatMap(({ elapsedMs, metrics }) => {
    const look = metrics.find((candidate) => candidate.metric === metric);
    return look === undefined ? [] : [{ seconds: elapsedMs / 1000, look }];
  });
  const domain = scale.domain(
    points.map(({ look }) => look),
    margin,
  );
  const [min, max] = domain;
  const clamp = (value: number) => scale.toAxis(Math.min(max, Math.max(min, value)));
  return {
    points,
    domain,
    seconds: points.map(({ seconds }) => seconds),
    point: points.map(({ look }) => (look.point === null ? null : clamp(look.point))),
    low: points.map(({ look }) => clamp(look.low ?? scale.lowest)),
    high: points.map(({ look }) => clamp(look.high ?? Number.POSITIVE_INFINITY)),
  };
}
