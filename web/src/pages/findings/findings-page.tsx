import { SegmentedControl } from '@mantine/core';
import { IconChecklist, IconCircleCheck, IconCircleDot, IconRotate, IconTool } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { FindingView } from '../../../../src/findings/schema.ts';
import { ago, count, NONE } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useNow } from '../../parts/now.ts';
import { Page } from '../../parts/page.tsx';
import { useResource } from '../../resource.ts';

const STATES = {
  open: { label: 'Open', tone: 'bad', icon: IconCircleDot },
  reopened: { label: 'Reopened', tone: 'bad', icon: IconRotate },
  fixed: { label: 'Fixed, not verified', tone: 'warn', icon: IconTool },
  verified: { label: 'Verified', tone: 'good', icon: IconCircleCheck },
} as const;

const REFRESH_MS = 10_000;

export function FindingsPage() {
  const findings = useResource('listFindings', {}, REFRESH_MS);
  const [filter, setFilter] = useState('open');
  return (
    <Page
      title="Findings"
      lead="Problems that experiments found. A finding stays open until a re-run of its experiment passes."
      actions={
        <SegmentedControl
          size="xs"
          value={filter}
          onChange={setFilter}
          aria-label="Filter findings"
          withItemsBorders={false}
          data={[
            { value: 'open', label: 'Open' },
            { value: 'all', label: 'All' },
          ]}
        />
      }
    >
      <Loaded resource={findings} height={240}>
        {({ findings: rows }) => {
          const shown = rows.filter(({ state }) => filter === 'all' || state !== 'verified');
          return shown.length === 0 ? <NoFindings any={rows.length > 0} /> : <FindingTable rows={shown} />;
        }}
      </Loaded>
    </Page>
  );
}

function NoFindings({ any }: { any: boolean }) {
  return (
    <div className="card">
      <Empty icon={IconChecklist} title={any ? 'All findings are verified' : 'No findings yet'} level="h2">
        <p>
          A refuted hypothesis opens a finding. <Link href="/experiments/new">Start an experiment</Link> on
          something that you expect to hold.
        </p>
      </Empty>
    </div>
  );
}

function FindingTable({ rows }: { rows: readonly FindingView[] }) {
  const now = useNow(10_000);
  return (
    <div className="card">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scroll-x" aria-label="Findings" tabIndex={0}>
        <table className="table first-line-bare">
          <thead>
            <tr>
              <th scope="col">Finding</th>
              <th scope="col">State</th>
              <th scope="col">Function</th>
              <th scope="col" className="right">
                Runs
              </th>
              <th scope="col">Opened</th>
              <th scope="col">Closed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const { label, tone, icon } = STATES[row.state];
              return (
                <tr key={row.findingId}>
                  <th scope="row" className="run-cell">
                    <Link href={`/experiments/${encodeURIComponent(row.runId)}`} className="row-link">
                      {row.title}
                    </Link>
                    <div className="small muted">{row.reason}</div>
                  </th>
                  <td>
                    <Badge tone={tone} icon={icon}>
                      {label}
                    </Badge>
                  </td>
                  <td>
                    <Link href={`/functions/${encodeURIComponent(row.function)}`} className="nowrap">
                      {row.function}
                    </Link>
                    <div className="small muted">{row.treatment}</div>
                  </td>
                  <td className="right">{count(row.runs.length)}</td>
                  <td className="muted nowrap">{ago(row.openedAt, now)}</td>
                  <td className="muted nowrap">{row.closedAt === null ? NONE : ago(row.closedAt, now)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </div>
  );
}
