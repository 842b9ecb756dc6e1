import { Link } from 'wouter';
import type { RunView } from '../../../../../src/experiments/schema.ts';
import { EFFECT_SCALES } from '../../../charts/confidence/effect-scale.ts';
import { dateTime, duration, percent } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { Copy } from '../../../parts/copy.tsx';

/** What was set up: treatment, slice, goal, limits. */
export function RunFacts({ run, className }: { run: RunView; className: string }) {
  return (
    <Card title="Set-up" className={className}>
      <dl className="facts">
        <dt>Treatment</dt>
        <dd>{run.treatment.text}</dd>
        <dt>Function</dt>
        <dd>
          <Link href={`/functions/${encodeURIComponent(run.function)}`}>{run.function}</Link>
        </dd>
        <dt>Slice</dt>
        <dd>
          {percent(run.share)} of units; the unit is a {run.unit}
        </dd>
        <dt>Goal</dt>
        <dd>
          {run.goal.description}{' '}
          <span className="muted">(margin {EFFECT_SCALES[run.goal.scale].text(run.goal.margin)})</span>
        </dd>
        <dt>Guardrails</dt>
        <dd>
          {run.guardrails.length === 0 ? (
            <span className="muted">none</span>
          ) : (
            <ul>
              {run.guardrails.map(({ metric, description }) => (
                <li key={metric}>{description}</li>
              ))}
            </ul>
          )}
        </dd>
        <dt>At most</dt>
        <dd>{duration(run.maxDurationMs)}</dd>
        <dt>Started</dt>
        <dd>
          {dateTime(run.startedAt)} <span className="muted">by {run.startedBy}</span>
        </dd>
        <dt>Experiment</dt>
        <dd className="mono">{run.experiment}</dd>
        <dt>Run</dt>
        <dd>
          <span className="with-copy">
            <code>{run.runId}</code>
            <Copy value={run.runId} what="the run's id" />
          </span>
        </dd>
      </dl>
    </Card>
  );
}
