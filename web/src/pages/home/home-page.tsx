import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { useLive } from '../../live.ts';
import { Failure } from '../../parts/failure.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { useResource } from '../../resource.ts';
import { EngineStates, HealthBadge } from './engines.tsx';
import { People, RecentVerdicts } from './recent.tsx';
import { RunningNow } from './running.tsx';
import { Traffic } from './traffic.tsx';

/** What is running, whether it is healthy, and which experiments are in progress. */
export function HomePage() {
  const fetched = useResource('showOverview', {});
  const overview = useLive((live) => live.overview) ?? fetched.data;
  return (
    <Page
      title="Overview"
      lead="What is running, whether it is healthy, and which experiments are in progress."
      {...(overview === undefined ? {} : { actions: <HealthBadge overview={overview} /> })}
    >
      {overview !== undefined ? (
        <Content overview={overview} />
      ) : fetched.error !== undefined ? (
        <Failure error={fetched.error} onRetry={fetched.reload} />
      ) : (
        <>
          <Loading height={92} />
          <Loading height={170} />
          <Loading height={270} />
        </>
      )}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  return (
    <>
      <EngineStates overview={overview} />
      <RunningNow running={overview.running} />
      <Traffic overview={overview} />
      <div className="grid">
        <RecentVerdicts runs={overview.recent} className="span-8 fill" />
        <People overview={overview} className="span-4" />
      </div>
    </>
  );
}
