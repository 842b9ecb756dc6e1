import type { MetricLook } from '../../../../src/experiments/schema.ts';
import { bounds, ratio } from '../../format.ts';
import { estimateOf } from '../../parts/run/estimate.ts';
import { ratioDomain, ratioPosition } from '../scale.ts';

/** The latest confidence sequence of a metric on one line: band, estimate, margin and 1. */
export function ConfidenceBar({ look }: { look: MetricLook }) {
  const { marginRatio, direction } = look;
  const estimate = estimateOf(look);
  const domain = ratioDomain([look], marginRatio);
  const at = (value: number) => `${(ratioPosition(value, domain) * 100).toFixed(2)}%`;
  const low = ratioPosition(look.low ?? 0, domain);
  const high = ratioPosition(look.high ?? Number.POSITIVE_INFINITY, domain);
  const label = `${look.metric}: treatment is ${ratio(estimate)} control, confidence sequence ${bounds(look.low, look.high)}; must stay ${direction === 'up' ? 'above' : 'below'} ${ratio(marginRatio)}`;
  const margin = ratioPosition(marginRatio, domain);
  return (
    <div className="cbar" role="img" aria-label={label} data-state={look.state}>
      <div
        className="cbar-bad"
        style={
          direction === 'up' ? { left: 0, width: `${margin * 100}%` } : { left: `${margin * 100}%`, right: 0 }
        }
      />
      <div className="cbar-band" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
      <div className="cbar-one" style={{ left: at(1) }} />
      <div className="cbar-margin" style={{ left: at(marginRatio) }} />
      {estimate !== null && <div className="cbar-dot" style={{ left: at(estimate) }} />}
    </div>
  );
}
