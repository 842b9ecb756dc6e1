import { IconBolt } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { FunctionRow } from '../../../../src/operate/functions/schema.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { ago, count, latency, NONE, percent, share } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useNow } from '../../parts/now.ts';
import { Page } from '../../parts/page.tsx';
import { useResource } from '../../resource.ts';

const REFRESH_MS = 5_000;

export function FunctionsPage() {
  const functions = useResource('listFunctions', {}, REFRESH_MS);
  return (
    <Page title="Functions" lead="All deployed functions. Numbers cover the last 15 minutes.">
      <Loaded resource={functions} height={240}>
        {({ functions: rows }) => (rows.length === 0 ? <NoFunctions /> : <FunctionTable rows={rows} />)}
      </Loaded>
    </Page>
  );
}

function NoFunctions() {
  return (
    <div className="card">
      <Empty icon={IconBolt} title="No functions deployed yet" level="h2">
        <p>
          Deploy a folder with <code>npx upstack deploy DIR</code>, or point any AWS Lambda client at this
          control room: <code>npx upstack env</code> prints the settings.
        </p>
      </Empty>
    </div>
  );
}

function FunctionTable({ rows }: { rows: readonly FunctionRow[] }) {
  const now = useNow(10_000);
  return (
    <div className="card">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scroll-x" aria-label="Functions" tabIndex={0}>
        <table className="table first-line-bare">
          <thead>
            <tr>
              <th scope="col">Function</th>
              <th scope="col">Per minute</th>
              <th scope="col" className="right">
                Invocations
              </th>
              <th scope="col" className="right">
                Errors
              </th>
              <th scope="col" className="right">
                p50
              </th>
              <th scope="col" className="right">
                p95
              </th>
              <th scope="col">Live version</th>
              <th scope="col">Modified</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <Link href={`/functions/${encodeURIComponent(row.name)}`} className="row-link nowrap">
                    {row.name}
                  </Link>
                  <div className="small muted">{row.runtime}</div>
                </th>
                <td>
                  <Sparkline values={row.perMinute} label={`Invocations of ${row.name} per minute`} />
                </td>
                <td className="right">{count(row.invocations)}</td>
                <td className="right">
                  <Errors errors={row.errors} invocations={row.invocations} />
                </td>
                <td className="right nowrap">{latency(row.p50Ms)}</td>
                <td className="right nowrap">{latency(row.p95Ms)}</td>
                <td>
                  {row.liveVersion === null ? (
                    <span className="muted">{NONE}</span>
                  ) : (
                    <Badge>v{row.liveVersion}</Badge>
                  )}
                </td>
                <td className="small muted nowrap">{ago(row.lastModified, now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Errors({ errors, invocations }: { errors: number; invocations: number }) {
  if (errors === 0) return <span className="muted">0</span>;
  return (
    <span className="nowrap">
      <span className="bad-text">{count(errors)}</span>{' '}
      <span className="small muted">{percent(share(errors, invocations))}</span>
    </span>
  );
}
