import type { RunView } from '../../../../../src/experiments/schema.ts';
import { ConfidenceChart } from '../../../charts/confidence/confidence-chart.tsx';
import { FoldedCard } from '../../../parts/card.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { Loading } from '../../../parts/loading.tsx';
import { Page } from '../../../parts/page.tsx';
import { outcomeOf } from '../../../parts/run/outcome.tsx';
import { Source } from '../../../parts/source.tsx';
import { useRun } from '../../../resource.ts';
import { Computed } from '../computed/computed.tsx';
import { AbortButton } from './abort.tsx';
import { Banner } from './banner.tsx';
import { Counts } from './counts.tsx';
import { Evidence } from './evidence.tsx';
import { Guardrails } from './guardrails.tsx';
import { Journal } from './journal.tsx';
import { RunFacts } from './run-facts.tsx';
import { Validity } from './validity.tsx';

/** One run: what was claimed, what the evidence says, and how that was computed. */
export function RunPage({ runId }: { runId: string }) {
  const { run, error, reload } = useRun(runId);
  return (
    <Page
      title={run?.title ?? 'Experiment'}
      lead={run?.hypothesis ?? ' '}
      {...(run === undefined ? {} : { actions: <AbortButton run={run} onAborted={reload} /> })}
    >
      {run !== undefined ? (
        <Content run={run} />
      ) : error !== undefined ? (
        <Failure error={error} onRetry={reload} />
      ) : (
        <>
          <Loading height={88} />
          <Loading height={400} />
          <Loading height={200} />
        </>
      )}
    </Page>
  );
}

function Content({ run }: { run: RunView }) {
  const last = run.looks.at(-1);
  const goal = last?.metrics.find(({ metric }) => metric === run.goal.metric);
  return (
    <>
      <Banner run={run} />
      <div className="grid">
        <ConfidenceChart
          title={`Goal: ${run.goal.metric}`}
          className="span-8 fill"
          looks={run.looks}
          metric={run.goal.metric}
          margin={run.goal.margin}
          scale={run.goal.scale}
          direction={run.goal.direction}
          verdict={verdictMark(run)}
          untilSeconds={untilSeconds(run)}
        />
        <div className="stack span-4">
          <Evidence run={run} goal={goal} />
          <Validity run={run} look={last} />
        </div>
      </div>
      <Guardrails run={run} />
      <Counts look={last} />
      <div className="grid">
        <Journal entries={run.journal} running={run.status === 'running'} className="span-7 fill" />
        <RunFacts run={run} className="span-5 fill" />
      </div>
      <Computed run={run} look={last} />
      <FoldedCard title="The definition, as it was given">
        <Source label="Definition, YAML">{run.source}</Source>
      </FoldedCard>
    </>
  );
}

function verdictMark(run: RunView) {
  if (run.status === 'running') return null;
  const { label, tone } = outcomeOf(run);
  const colour = {
    good: 'good-line',
    bad: 'bad-line',
    warn: 'warn-line',
    live: 'accent-line',
    plain: 'control',
  } as const;
  return { label: label.toLowerCase(), colour: colour[tone] };
}

/** The axis of a running experiment has a little room ahead; that of an ended one ends with it. */
function untilSeconds(run: RunView): number {
  const seconds = (run.looks.at(-1)?.elapsedMs ?? 0) / 1000;
  if (run.status === 'ended') return seconds * 1.015;
  return Math.min(run.maxDurationMs / 1000, Math.max(30, seconds * 1.15));
}
