import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { RetentionView } from '../../../../src/product/schema.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { CurveChart } from '../../charts/people/curve-chart.tsx';
import { RetentionTriangle } from '../../charts/people/retention-triangle.tsx';
import { percent } from '../../format.ts';
import { Card } from '../../parts/card.tsx';
import { Definition } from '../../parts/definition.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useResource } from '../../resource.ts';
import { FEATURES } from './features.tsx';

/** Retention of weekly cohorts: the triangle and the averaged curve. */
export function Retention() {
  const [kind, setKind] = useState<RetentionView['kind']>('first');
  const [event, setEvent] = useState('');
  const features = useResource('listFeatures', FEATURES);
  const retention = useResource('showRetention', { weeks: 10, kind, event });
  return (
    <div className="grid">
      <Card
        title="Retention"
        className="span-8 fill"
        aside={
          <Definition of="Retention">
            Each row is a cohort: the people {kind === 'first' ? 'active for the first time' : 'active'} in
            that week. Column k shows the share of them active k weeks later. Hatched cells belong to the
            current, incomplete week. “All cohorts” averages over cohorts whose week k has ended.
          </Definition>
        }
        end={
          <>
            <NativeSelect
              size="xs"
              aria-label="Event that counts as activity"
              value={event}
              onChange={(change) => setEvent(change.currentTarget.value)}
              data={[
                { value: '', label: 'Any event' },
                ...(features.data?.features ?? []).map((feature) => feature.event),
              ]}
            />
            <Cohort kind={kind} onChange={setKind} />
          </>
        }
      >
        <Loaded resource={retention} height={390}>
          {(view) => <RetentionTriangle view={view} />}
        </Loaded>
      </Card>
      <ChartFrame
        title="Retention curve"
        className="span-4 fill"
        table={() => ({
          head: ['Weeks later', 'Retained'],
          rows: (retention.data?.curve ?? []).map((value, k) => [String(k), percent(value)]),
        })}
      >
        <Loaded resource={retention} height={350}>
          {({ curve }) => (
            <CurveChart
              label="Share of people active k weeks later"
              names={curve.map((_, k) => (k === 0 ? 'week 0' : String(k)))}
              values={curve}
              format={percent}
              top={1}
              height={350}
            />
          )}
        </Loaded>
      </ChartFrame>
    </div>
  );
}

interface CohortProps {
  kind: RetentionView['kind'];
  onChange(kind: RetentionView['kind']): void;
}

function Cohort({ kind, onChange }: CohortProps) {
  return (
    <SegmentedControl
      size="xs"
      value={kind}
      onChange={onChange}
      aria-label="Cohort"
      withItemsBorders={false}
      data={[
        { value: 'first', label: 'New people' },
        { value: 'recurring', label: 'Active people' },
      ]}
    />
  );
}
