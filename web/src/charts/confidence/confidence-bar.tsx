import type { MetricLook } from '../../../../src/experiments/schema.ts';
import { estimateOf } from '../../parts/run/estimate.ts';
import { EFFECT_SCALES, effectPosition } from './effect-scale.ts';

/** The latest bounds of a metric's confidence sequence on one line, with estimate, margin and no effect. */
export function ConfidenceBar({ look }: { look: MetricLook }) {
  const { direction } = look;
  const scale = EFFECT_SCALES[look.scale];
  const estimate = estimateOf(look);
  const domain = scale.domain([look], look.margin);
  const position = (value: number) => effectPosition(scale, value, domain);
  const at = (value: number) => `${(position(value) * 100).toFixed(2)}%`;
  const low = position(look.low ?? scale.lowest);
  const high = position(look.high ?? Number.POSITIVE_INFINITY);
  const label = `${look.metric}: ${scale.name} is ${scale.text(estimate)}, confidence sequence ${scale.bounds(look.low, look.high)}; must stay ${direction === 'up' ? 'above' : 'below'} ${scale.text(look.margin)}`;
  const margin = position(look.margin);
  return (
    <div className="cbar" role="img" aria-label={label} data-state={look.state}>
      <div
        className="cbar-bad"
        style={
          direction === 'up' ? { left: 0, width: `${margin * 100}%` } : { left: `${margin * 100}%`, right: 0 }
        }
      />
      <div className="cbar-band" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
      <div className="cbar-one" style={{ left: at(scale.none) }} />
      <div className="cbar-margin" style={{ left: at(look.margin) }} />
      {estimate !== null && <div className="cbar-dot" style={{ left: at(estimate) }} />}
    </div>
  );
}
