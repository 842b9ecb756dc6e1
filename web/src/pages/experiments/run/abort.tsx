import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHandStop } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { RunView } from '../../../../../src/experiments/schema.ts';
import { type ApiError, asApiError, call } from '../../../api.ts';
import { Failure } from '../../../parts/failure.tsx';

/** Ends the run and withdraws its treatment at once, after asking why. */
export function AbortButton({ run, onAborted }: { run: RunView; onAborted(): void }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const ended = run.status === 'ended';

  async function abort(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const why = reason.trim();
      await call('abortRun', { runId: run.runId, ...(why !== '' && { reason: why }) });
      close();
      onAborted();
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button
        color="bad"
        leftSection={<IconHandStop size={16} />}
        disabled={ended}
        onClick={open}
        data-testid="abort"
      >
        Abort
      </Button>
      <Modal opened={opened && !ended} onClose={close} title="Abort this run?" centered>
        <form onSubmit={abort} className="stack">
          <p>
            The treatment of <strong>{run.function}</strong> is withdrawn at once and the run ends undecided.
            This cannot be undone.
          </p>
          <TextInput
            label="Reason"
            description="Goes into the journal."
            placeholder="Why is it ended?"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
            data-testid="abort-reason"
            maxLength={200}
          />
          {error !== null && <Failure error={error} />}
          <div className="form-end">
            <Button variant="default" onClick={close}>
              Keep running
            </Button>
            <Button type="submit" color="bad" loading={busy} data-testid="abort-confirm">
              Abort the run
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
