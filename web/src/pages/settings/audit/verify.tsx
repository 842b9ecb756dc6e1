import { Button } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import { type Answer, type ApiError, asApiError, call } from '../../../api.ts';
import { plural } from '../../../format.ts';
import { Copy } from '../../../parts/copy.tsx';
import { Failure } from '../../../parts/failure.tsx';

/** Verifies the whole log on demand and shows the result. */
export function Verify() {
  const [result, setResult] = useState<Answer<'verifyAudit'> | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  async function verify() {
    setBusy(true);
    setError(null);
    try {
      setResult(await call('verifyAudit', {}));
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <div className="banner" data-tone={result === null ? undefined : result.intact ? 'good' : 'bad'}>
        <span className="banner-icon" aria-hidden="true">
          {result !== null && !result.intact ? (
            <IconShieldX size={26} stroke={1.7} />
          ) : (
            <IconShieldCheck size={26} stroke={1.7} />
          )}
        </span>
        <div className="banner-words" role="status" data-testid="verification">
          {result === null ? <NotVerified /> : <Verified result={result} />}
        </div>
        <Button variant="default" loading={busy} onClick={verify}>
          {result === null ? 'Verify the log' : 'Verify again'}
        </Button>
      </div>
      {error !== null && <Failure error={error} onRetry={verify} />}
    </>
  );
}

function NotVerified() {
  return (
    <>
      <p className="banner-title">Not verified yet</p>
      <p className="banner-decision">
        Verification recomputes every hash and compares the end of the log with the data directory.
      </p>
    </>
  );
}

function Verified({ result: { intact, rows, hash, fault } }: { result: Answer<'verifyAudit'> }) {
  if (!intact)
    return (
      <>
        <p className="banner-title">Row {fault?.sequence} is not intact</p>
        <p className="banner-decision">
          {fault?.why}. The {plural(rows, 'row')} before it are intact.
        </p>
      </>
    );
  return (
    <>
      <p className="banner-title">{rows === 0 ? 'The log is empty' : `${plural(rows, 'row')}, all intact`}</p>
      <p className="banner-decision with-copy">
        <span>
          Last hash <code>{hash.slice(0, 16)}…</code>
        </span>
        <Copy value={hash} what="the last hash" />
      </p>
    </>
  );
}
