import { Progress } from '@mantine/core';
import type { RunView } from '../../../../../src/experiments/schema.ts';
import { EFFECT_SCALES } from '../../../charts/confidence/effect-scale.ts';
import { dateTime, duration, percent } from '../../../format.ts';
import { useNow } from '../../../parts/now.ts';
import { estimateOf } from '../../../parts/run/estimate.ts';
import { outcomeOf } from '../../../parts/run/outcome.tsx';

const DECISIONS = {
  promote: 'Decision: promote.',
  abort: 'Decision: abort; the treatment was withdrawn at once.',
  conclude: 'Decision: conclude; the treatment was withdrawn.',
} as const;

/** What has become of the run, large: a word, an icon, and the reason. */
export function Banner({ run }: { run: RunView }) {
  const { label, tone, icon: Icon, meaning } = outcomeOf(run);
  return (
    <section className="banner" data-tone={tone} aria-label="Outcome" data-testid="outcome">
      <div className="banner-icon">
        <Icon size={26} stroke={1.8} aria-hidden="true" />
      </div>
      <div className="banner-words">
        <p className="banner-title" role="status">
          {label}
        </p>
        <p>{run.reason ?? meaning}</p>
        {run.decision !== null && <p className="small banner-decision">{DECISIONS[run.decision]}</p>}
      </div>
      {run.status === 'running' ? <TimeLeft run={run} /> : <Ended run={run} />}
    </section>
  );
}

function Ended({ run }: { run: RunView }) {
  const end = run.endedAt ?? run.startedAt;
  return (
    <dl className="banner-facts">
      <div>
        <dt>Took</dt>
        <dd>{duration(Date.parse(end) - Date.parse(run.startedAt))}</dd>
      </div>
      <Estimate run={run} />
      <div>
        <dt>Ended</dt>
        <dd>{dateTime(end)}</dd>
      </div>
    </dl>
  );
}

function Estimate({ run }: { run: RunView }) {
  const look = run.looks.at(-1)?.metrics.find(({ metric }) => metric === run.goal.metric);
  if (look === undefined) return null;
  const scale = EFFECT_SCALES[look.scale];
  return (
    <div>
      <dt>Goal {look.scale}</dt>
      <dd>
        {scale.text(estimateOf(look))} <span className="small">{scale.bounds(look.low, look.high)}</span>
      </dd>
    </div>
  );
}

function TimeLeft({ run }: { run: RunView }) {
  const now = useNow();
  const elapsedMs = Math.max(0, now - Date.parse(run.startedAt));
  const done = Math.min(1, elapsedMs / run.maxDurationMs);
  return (
    <div className="banner-time">
      <dl className="banner-facts">
        <div>
          <dt>Elapsed</dt>
          <dd>{duration(elapsedMs)}</dd>
        </div>
        <Estimate run={run} />
        <div>
          <dt>Left at most</dt>
          <dd>{duration(run.maxDurationMs - elapsedMs)}</dd>
        </div>
      </dl>
      <Progress value={done * 100} size={5} color="iris" aria-label={`Time used: ${percent(done)}`} />
    </div>
  );
}
