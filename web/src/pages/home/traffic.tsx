import { useMemo } from 'react';
import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { sinceTraffic } from '../../charts/since-traffic.ts';
import { spanOf } from '../../charts/spans.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { latency, percent, perSecond, shortCount } from '../../format.ts';

/** Traffic of all functions over the last 30 minutes, or since the first traffic if later, with experiments marked. */
export function Traffic({ overview }: { overview: Overview }) {
  const { series, functions, running, recent } = overview;
  const shown = useMemo(() => sinceTraffic(series), [series]);
  const spans = useMemo(() => {
    const start = shown.at[0] ?? 0;
    return [...running, ...recent].map(spanOf).filter(({ to }) => to === null || to >= start);
  }, [shown, running, recent]);
  return (
    <div className="grid">
      <TimeChart
        title="Invocations"
        headline={perSecond(functions.invocationsPerSecond)}
        headlineNote="last minute"
        className="span-4"
        at={shown.at}
        values={[shown.invocations]}
        lines={[{ label: 'Invocations per minute', colour: 'accent-line', kind: 'bar' }]}
        format={shortCount}
        spans={spans}
        group="home"
        height={150}
      />
      <TimeChart
        title="Errors"
        headline={functions.errorRate === null ? 'No traffic' : percent(functions.errorRate)}
        headlineNote={functions.errorRate === null ? 'last minute' : 'of invocations, last minute'}
        className="span-4"
        at={shown.at}
        values={[shown.errors]}
        lines={[{ label: 'Errors per minute', colour: 'bad-line', kind: 'bar' }]}
        format={shortCount}
        spans={spans}
        group="home"
        height={150}
      />
      <TimeChart
        title="Duration, p95"
        headline={latency(functions.p95Ms)}
        headlineNote="last minute"
        className="span-4"
        at={shown.at}
        values={[shown.p95Ms]}
        lines={[{ label: 'p95', colour: 'teal', kind: 'line', area: true }]}
        format={latency}
        spans={spans}
        group="home"
        height={150}
      />
    </div>
  );
}
