import { IconMoodCheck } from '@tabler/icons-react';
import type { FunctionView } from '../../../../src/operate/functions/schema.ts';
import { clockTime } from '../../format.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';

export function RecentErrors({ view }: { view: FunctionView }) {
  return (
    <Card title="Recent errors" flush>
      {view.recentErrors.length === 0 ? (
        <Empty icon={IconMoodCheck} title="No errors in this range">
          <p>Failed invocations appear here with error type and request ID.</p>
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className="scroll-x scroll-y" aria-label="Recent errors, table" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Error</th>
                <th scope="col">Version</th>
                <th scope="col">Request ID</th>
              </tr>
            </thead>
            <tbody>
              {view.recentErrors.map(({ at, version, errorType, requestId }) => (
                <tr key={requestId}>
                  <td className="nowrap muted">{clockTime(at)}</td>
                  <th scope="row" className="mono bad-text">
                    {errorType}
                  </th>
                  <td>{version}</td>
                  <td className="mono muted nowrap" title={requestId}>
                    {requestId.slice(0, 8)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}
