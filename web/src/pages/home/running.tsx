import { Button, Progress } from '@mantine/core';
import { IconFlask2 } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { RunSummary, RunView } from '../../../../src/experiments/schema.ts';
import { ConfidenceBar } from '../../charts/confidence/confidence-bar.tsx';
import { EFFECT_SCALES } from '../../charts/confidence/effect-scale.ts';
import { count, duration, percent } from '../../format.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { useNow } from '../../parts/now.ts';
import { estimateOf } from '../../parts/run/estimate.ts';
import { OutcomeBadge } from '../../parts/run/outcome.tsx';
import { useRun } from '../../resource.ts';

/** The running experiments with their evidence as it arrives. */
export function RunningNow({ running }: { running: readonly RunSummary[] }) {
  return (
    <Card title="Running now" end={<Link href="/experiments">All experiments</Link>} flush>
      {running.length === 0 ? (
        <Empty icon={IconFlask2} title="No experiment is running">
          <p>State a hypothesis about your system and test it on real traffic.</p>
          <Button component={Link} href="/experiments/new" variant="default" size="xs" mt={6}>
            New experiment
          </Button>
        </Empty>
      ) : (
        <ul>
          {running.map((run) => (
            <li key={run.runId} className="running">
              <Running summary={run} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Running({ summary }: { summary: RunSummary }) {
  const now = useNow();
  const { run } = useRun(summary.runId);
  const elapsedMs = Math.max(0, now - Date.parse(summary.startedAt));
  const leftMs = Math.max(0, summary.maxDurationMs - elapsedMs);
  const done = Math.min(100, (elapsedMs / summary.maxDurationMs) * 100);
  return (
    <>
      <div className="running-words">
        <div className="running-title">
          <OutcomeBadge run={run ?? summary} />
          <Link href={`/experiments/${encodeURIComponent(summary.runId)}`} className="row-link">
            {summary.title}
          </Link>
        </div>
        <p className="small muted">
          {summary.treatment.text} · {percent(summary.share)} of units
        </p>
        <div className="running-time">
          <Progress value={done} size={4} color="iris" aria-label={`Time used: ${percent(done / 100)}`} />
          <span className="small muted num nowrap">at most {duration(leftMs)} left</span>
        </div>
      </div>
      {run === undefined ? <Loading height={64} /> : <Evidence run={run} />}
    </>
  );
}

function Evidence({ run }: { run: RunView }) {
  const look = run.looks.at(-1)?.metrics.find(({ metric }) => metric === run.goal.metric);
  if (look === undefined) return <p className="muted small">Waiting for the first look.</p>;
  const scale = EFFECT_SCALES[look.scale];
  const events = look.control.events + look.treatment.events;
  return (
    <div className="running-evidence">
      <div className="running-numbers small">
        <span className="mono">{look.metric}</span>
        <span className="num">
          <b>{scale.text(estimateOf(look))}</b>{' '}
          <span className="muted">{scale.bounds(look.low, look.high)}</span>
        </span>
      </div>
      <ConfidenceBar look={look} />
      <p className="small muted num">
        must stay {look.direction === 'up' ? 'above' : 'below'} {scale.text(look.margin)} · {count(events)}{' '}
        events
      </p>
    </div>
  );
}
