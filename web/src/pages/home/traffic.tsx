import { useMemo } from 'react';
import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { spanOf } from '../../charts/spans.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { latency, percent, perSecond, shortCount } from '../../format.ts';

/** The traffic of all functions over the last 30 minutes, with the experiments of that time behind it. */
export function Traffic({ overview }: { overview: Overview }) {
  const { series, functions, running, recent } = overview;
  const spans = useMemo(() => {
    const start = series.at[0] ?? 0;
    return [...running, ...recent].map(spanOf).filter(({ to }) => to === null || to >= start);
  }, [series, running, recent]);
  return (
    <div className="grid">
      <TimeChart
        title="Invocations / min"
        headline={perSecond(functions.invocationsPerSecond)}
        className="span-4"
        at={series.at}
        values={[series.invocations]}
        lines={[{ label: 'Invocations', colour: 'accent-line', kind: 'bar' }]}
        format={shortCount}
        spans={spans}
        group="home"
        height={150}
      />
      <TimeChart
        title="Errors / min"
        headline={
          functions.errorRate === null ? 'No traffic' : `${percent(functions.errorRate)} of invocations`
        }
        className="span-4"
        at={series.at}
        values={[series.errors]}
        lines={[{ label: 'Errors', colour: 'bad-line', kind: 'bar' }]}
        format={shortCount}
        spans={spans}
        group="home"
        height={150}
      />
      <TimeChart
        title="Duration, p95"
        headline={latency(functions.p95Ms)}
        className="span-4"
        at={series.at}
        values={[series.p95Ms]}
        lines={[{ label: 'p95', colour: 'teal', kind: 'line', area: true }]}
        format={latency}
        spans={spans}
        group="home"
        height={150}
      />
    </div>
  );
}
