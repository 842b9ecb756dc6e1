import { useMemo } from 'react';
import type { FunctionView } from '../../../../src/operate/functions/schema.ts';
import { spanOf } from '../../charts/spans.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { latency, shortCount } from '../../format.ts';
import { useResource } from '../../resource.ts';

export function FunctionCharts({ view }: { view: FunctionView }) {
  const { series, name } = view;
  const runs = useResource('listRuns', {});
  const spans = useMemo(() => {
    const start = series.at[0] ?? 0;
    return (runs.data?.runs ?? [])
      .filter((run) => run.function === name)
      .map(spanOf)
      .filter(({ to }) => to === null || to >= start);
  }, [runs.data, name, series]);
  const { stepSeconds } = series;
  const step =
    stepSeconds === 60
      ? 'per minute'
      : stepSeconds > 60
        ? `per ${stepSeconds / 60} min`
        : `per ${stepSeconds} s`;
  return (
    <div className="grid">
      <TimeChart
        title={`Traffic ${step}`}
        className="span-6 fill"
        at={series.at}
        values={[series.invocations, series.errors]}
        lines={[
          { label: 'Invocations', colour: 'accent-line', kind: 'bar' },
          { label: 'Errors', colour: 'bad-line', kind: 'bar' },
        ]}
        format={shortCount}
        spans={spans}
        group="function"
        height={210}
      />
      <TimeChart
        title="Duration"
        className="span-6 fill"
        at={series.at}
        values={[series.p50Ms, series.p95Ms]}
        lines={[
          { label: 'p50', colour: 'control', kind: 'line' },
          { label: 'p95', colour: 'teal', kind: 'line', area: true },
        ]}
        format={latency}
        spans={spans}
        group="function"
        height={210}
      />
    </div>
  );
}
