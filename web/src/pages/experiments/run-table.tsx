import { Link } from 'wouter';
import type { RunSummary } from '../../../../src/experiments/schema.ts';
import { ago, duration, percent } from '../../format.ts';
import { useNow } from '../../parts/now.ts';
import { OutcomeBadge } from '../../parts/run/outcome.tsx';

export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  const now = useNow();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x" aria-label="Runs" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            <th scope="col">Outcome</th>
            <th scope="col">Function</th>
            <th scope="col" className="right">
              Share
            </th>
            <th scope="col" className="right">
              Duration
            </th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const end = run.endedAt === null ? now : Date.parse(run.endedAt);
            return (
              <tr key={run.runId}>
                <th scope="row" className="run-cell">
                  <Link href={`/experiments/${encodeURIComponent(run.runId)}`} className="row-link">
                    {run.title}
                  </Link>
                  <div className="small muted">{run.treatment.text}</div>
                </th>
                <td className="nowrap">
                  <OutcomeBadge run={run} />
                </td>
                <td className="nowrap">{run.function}</td>
                <td className="right">{percent(run.share)}</td>
                <td className="right nowrap">{duration(end - Date.parse(run.startedAt))}</td>
                <td className="muted nowrap">{ago(run.startedAt, now)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
