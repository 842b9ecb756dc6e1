import { IconCircleCheck, IconCircleX, IconHandStop, IconHelpCircle } from '@tabler/icons-react';
import type { AuditCall } from '../../../../../src/access/audit/schema.ts';
import { dateTime } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';

const OUTCOMES = {
  done: { label: 'Done', tone: 'good', icon: IconCircleCheck, meaning: undefined },
  refused: { label: 'Refused', tone: 'warn', icon: IconHandStop, meaning: undefined },
  failed: { label: 'Failed', tone: 'bad', icon: IconCircleX, meaning: undefined },
  attempted: {
    label: 'Attempted',
    tone: 'plain',
    icon: IconHelpCircle,
    meaning: 'No end is recorded: the call is active, or the control room stopped during it',
  },
} as const;

const DOORS = {
  rest: 'API',
  cli: 'CLI',
  dashboard: 'dashboard',
  mcp: 'MCP',
  lambda: 'Lambda API',
  sqs: 'SQS API',
} as const;

export function CallTable({ calls }: { calls: readonly AuditCall[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x" aria-label="Calls" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Who</th>
            <th scope="col">Operation</th>
            <th scope="col">Outcome</th>
            <th scope="col">What changed, and why</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.sequence} call={call} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function CallRow({ call }: { call: AuditCall }) {
  const { label, tone, icon, meaning } = OUTCOMES[call.outcome];
  return (
    <tr>
      <th scope="row" className="nowrap">
        <time dateTime={call.at} title={call.at}>
          {dateTime(call.at)}
        </time>
        <div className="small muted">row {call.sequence}</div>
      </th>
      <td>
        <span className="nowrap">{call.caller}</span>
        <div className="small muted nowrap" title={call.tokenId}>
          {DOORS[call.door]}
        </div>
      </td>
      <td className="subject-cell">
        {call.operation}
        {call.subject !== null && <div className="small muted">{call.subject}</div>}
      </td>
      <td title={meaning}>
        <Badge tone={tone} icon={icon}>
          {label}
        </Badge>
      </td>
      <td className="change-cell">
        <Change call={call} />
      </td>
    </tr>
  );
}

function Change({ call: { before, after, reason, error } }: { call: AuditCall }) {
  const change = before !== null && after !== null ? `${before} → ${after}` : (after ?? before);
  return (
    <>
      {error ?? change}
      {reason !== null && <div className="small muted">“{reason}”</div>}
    </>
  );
}
