import type { MetricLook } from '../../../../src/experiments/schema.ts';

/** With fewer events in both arms together the estimate says more about chance than about the treatment. */
const LEAST_EVENTS = 20;

/** The estimated ratio treatment / control where there are enough events to show one; null otherwise. */
export function estimateOf(look: Pick<MetricLook, 'ratio' | 'control' | 'treatment'>): number | null {
  return look.control.events + look.treatment.events < LEAST_EVENTS ? null : look.ratio;
}
