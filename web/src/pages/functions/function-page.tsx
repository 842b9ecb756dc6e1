import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { FunctionView } from '../../../../src/operate/functions/schema.ts';
import { count, latency, percent, share, usd } from '../../format.ts';
import { Failure } from '../../parts/failure.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { useResource } from '../../resource.ts';
import { FunctionCharts } from './charts.tsx';
import { FunctionExperiments } from './experiments.tsx';
import { Facts } from './facts.tsx';
import { RecentErrors } from './recent-errors.tsx';
import { Aliases, Versions } from './versions.tsx';

const RANGES = [
  { value: '15', label: '15 m' },
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
  { value: '1440', label: '24 h' },
];
const REFRESH_MS = 10_000;

export function FunctionPage({ name }: { name: string }) {
  const [minutes, setMinutes] = useState('60');
  const input = { name, minutes: Number(minutes) };
  const { data, error, reload } = useResource('showFunction', input, REFRESH_MS);
  const [last, setLast] = useState<FunctionView>();
  if (data !== undefined && data !== last) setLast(data);
  const view = data ?? last;
  return (
    <Page
      title={name}
      lead={
        view === undefined ? ' ' : `${view.runtime} · ${view.memoryMb} MB · timeout ${view.timeoutSeconds} s`
      }
      actions={
        <SegmentedControl
          size="xs"
          value={minutes}
          onChange={setMinutes}
          data={RANGES}
          aria-label="Time range"
          withItemsBorders={false}
        />
      }
    >
      {view !== undefined ? (
        <Content view={view} />
      ) : error !== undefined ? (
        <Failure error={error} onRetry={reload} />
      ) : (
        <>
          <Loading height={84} />
          <Loading height={250} />
        </>
      )}
    </Page>
  );
}

function Content({ view }: { view: FunctionView }) {
  const { totals } = view;
  return (
    <>
      <Stats label="In this range" columns={4}>
        <Stat label="Invocations" value={count(totals.invocations)} />
        <Stat
          label="Errors"
          value={count(totals.errors)}
          note={`${percent(share(totals.errors, totals.invocations))} of invocations`}
          definition="Invocations that threw, timed out or crashed. A response with status 500 or above counts as an error too."
        />
        <Stat
          label="Cold starts"
          value={count(totals.coldStarts)}
          note={`${percent(share(totals.coldStarts, totals.invocations))} of invocations`}
          definition="Invocations that had to start an execution environment."
        />
        <Stat
          label="Cost on AWS"
          value={usd(totals.costUsd)}
          definition="The billed time and the requests at AWS's public prices, without the free tier. Here they cost nothing."
        />
        <Stat label="p50" value={latency(totals.p50Ms)} definition="50% of invocations were faster." />
        <Stat label="p95" value={latency(totals.p95Ms)} definition="95% of invocations were faster." />
        <Stat label="p99" value={latency(totals.p99Ms)} definition="99% of invocations were faster." />
      </Stats>
      <FunctionCharts view={view} />
      <div className="grid">
        <Facts view={view} className="span-6 fill" />
        <Aliases view={view} className="span-6 fill" />
      </div>
      <Versions view={view} />
      <RecentErrors view={view} />
      <FunctionExperiments name={view.name} />
    </>
  );
}
