import { IconCircleCheck, IconCircleX, IconHourglassEmpty, IconShieldX } from '@tabler/icons-react';
import type { LookView, MetricLook } from '../../../../../src/experiments/schema.ts';
import { EFFECT_SCALES } from '../../../charts/confidence/effect-scale.ts';
import { NONE } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Card } from '../../../parts/card.tsx';
import { Definition } from '../../../parts/definition.tsx';
import { estimateOf } from '../../../parts/run/estimate.ts';

const STATES = {
  open: { label: 'Open', tone: 'plain', icon: IconHourglassEmpty },
  supported: { label: 'Supported', tone: 'good', icon: IconCircleCheck },
  refuted: { label: 'Refuted', tone: 'bad', icon: IconCircleX },
  harmed: { label: 'Harmed', tone: 'bad', icon: IconShieldX },
} as const;

/** Both arms of every metric at the last look. */
export function Counts({ look }: { look: LookView | undefined }) {
  if (look === undefined) return null;
  return (
    <Card
      title="Counts of both arms"
      aside={
        <Definition of="Counts of both arms">
          A unit counts once it has met its arm (its exposure), and what it does counts when it comes after
          that. The value of an arm is computed of the units below it.
        </Definition>
      }
      flush
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scroll-x" aria-label="Counts, table" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" className="right">
                Control
              </th>
              <th scope="col" className="right">
                Treatment
              </th>
              <th scope="col" className="right">
                Effect
                <Definition of="Effect">
                  Treatment against control, on the scale of the metric. A ratio is that of events per
                  assigned share, and may differ from the quotient of the two rates while few units are
                  judged. Below 20 events in both arms together only its bounds are shown.
                </Definition>
              </th>
              <th scope="col" className="right">
                Confidence sequence
              </th>
              <th scope="col" className="right">
                Margin
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {look.metrics.map((metric) => (
              <Row key={metric.metric} look={metric} />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function Row({ look }: { look: MetricLook }) {
  const { label, tone, icon } = STATES[look.state];
  const scale = EFFECT_SCALES[look.scale];
  return (
    <tr>
      <th scope="row" className="metric-cell">
        <span className="mono">{look.metric}</span>
        <div className="small muted">{look.role}</div>
      </th>
      <Arm arm={look.control} />
      <Arm arm={look.treatment} />
      <td className="right">
        <b>{scale.text(estimateOf(look))}</b>
      </td>
      <td className="right nowrap">{scale.bounds(look.low, look.high)}</td>
      <td className="right nowrap">
        {look.direction === 'up' ? 'above' : 'below'} {scale.text(look.margin)}
      </td>
      <td>
        <Badge tone={tone} icon={icon}>
          {label}
        </Badge>
      </td>
    </tr>
  );
}

function Arm({ arm: { value, text } }: { arm: MetricLook['control'] }) {
  return (
    <td className="right nowrap">
      {value ?? NONE}
      <div className="small muted">{text}</div>
    </td>
  );
}
