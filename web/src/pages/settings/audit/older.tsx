import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AuditCall } from '../../../../../src/access/audit/schema.ts';
import { type ApiError, asApiError, call, type Input } from '../../../api.ts';
import { Failure } from '../../../parts/failure.tsx';
import { CallTable } from './call-table.tsx';

interface OlderProps {
  input: Input<'listAudit'>;
  newest: readonly AuditCall[];
  /** Whether there are calls before the newest ones. */
  more: boolean;
}

/** The newest calls, followed by older pages on demand. */
export function Older({ input, newest, more: moreAtFirst }: OlderProps) {
  const [older, setOlder] = useState<readonly AuditCall[]>([]);
  const [more, setMore] = useState(moreAtFirst);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const calls = [...newest, ...older];

  async function load() {
    setBusy(true);
    setError(null);
    try {
      const before = calls.at(-1)?.sequence;
      const answer = await call('listAudit', { ...input, ...(before !== undefined && { before }) });
      setOlder([...older, ...answer.calls]);
      setMore(answer.more);
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <CallTable calls={calls} />
      {error !== null && <Failure error={error} />}
      {more && (
        <div className="table-end">
          <Button variant="default" size="xs" loading={busy} onClick={load}>
            Show older calls
          </Button>
        </div>
      )}
    </>
  );
}
