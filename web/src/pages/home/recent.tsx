import { IconScale } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { RunSummary } from '../../../../src/experiments/schema.ts';
import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { ago, count } from '../../format.ts';
import { Card } from '../../parts/card.tsx';
import { Definition } from '../../parts/definition.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useNow } from '../../parts/now.ts';
import { OutcomeBadge } from '../../parts/run/outcome.tsx';

export function RecentVerdicts({ runs, className }: { runs: readonly RunSummary[]; className: string }) {
  const now = useNow(10_000);
  return (
    <Card
      title="Recent verdicts"
      end={<Link href="/experiments">All experiments</Link>}
      flush
      className={className}
    >
      {runs.length === 0 ? (
        <Empty icon={IconScale} title="No verdicts yet">
          <p>The first one appears here when an experiment ends.</p>
        </Empty>
      ) : (
        <ul>
          {runs.slice(0, 6).map((run) => (
            <li key={run.runId} className="verdict-row">
              <OutcomeBadge run={run} />
              <div>
                <Link href={`/experiments/${encodeURIComponent(run.runId)}`} className="row-link">
                  {run.title}
                </Link>
                <p className="small muted">{run.reason ?? run.hypothesis}</p>
              </div>
              <span className="small muted nowrap">{ago(run.endedAt ?? run.startedAt, now)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function People({ overview, className }: { overview: Overview; className: string }) {
  const { people, openFindings, functions } = overview;
  return (
    <Card title="At a glance" className={className}>
      <dl className="glance">
        <div>
          <dt>
            People active today
            <Definition of="People active today">
              Distinct IDs with at least one product event since midnight UTC: the user ID where it is known,
              else the anonymous ID. The People page also merges the IDs of one person.
            </Definition>
          </dt>
          <dd>
            <Link href="/people">{count(people.today)}</Link>
          </dd>
        </div>
        <div>
          <dt>
            People active, last 7 days
            <Definition of="People active, last 7 days">
              Distinct IDs with at least one product event today or in the previous six days, UTC.
            </Definition>
          </dt>
          <dd>
            <Link href="/people">{count(people.week)}</Link>
          </dd>
        </div>
        <div>
          <dt>
            Open findings
            <Definition of="Open findings">
              Problems that an experiment found and that no later run of it has shown to be fixed.
            </Definition>
          </dt>
          <dd>
            <Link href="/findings">{count(openFindings)}</Link>
          </dd>
        </div>
        <div>
          <dt>Functions</dt>
          <dd>
            <Link href="/functions">{count(functions.count)}</Link>
          </dd>
        </div>
      </dl>
    </Card>
  );
}
