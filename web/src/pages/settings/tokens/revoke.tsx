import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import type { TokenView } from '../../../../../src/access/tokens/schema.ts';
import { type ApiError, asApiError, call } from '../../../api.ts';
import { Failure } from '../../../parts/failure.tsx';

/** Revokes a token at once, after asking why. */
export function RevokeToken({ token, onRevoked }: { token: TokenView; onRevoked(): void }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  async function revoke(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const why = reason.trim();
      await call('revokeToken', { token: token.tokenId, ...(why !== '' && { reason: why }) });
      close();
      onRevoked();
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={`Revoke the token of ${token.name}`}>
        Revoke
      </Button>
      <Modal opened={opened} onClose={close} title={`Revoke the token of ${token.name}?`} centered>
        <form onSubmit={revoke} className="stack">
          <p>
            <code>{token.hint}…</code> stops working at once, and its sessions end. This cannot be undone.
          </p>
          <TextInput
            label="Reason"
            description="Goes into the audit log."
            placeholder="Why is it revoked?"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
            maxLength={200}
          />
          {error !== null && <Failure error={error} />}
          <div className="form-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button type="submit" color="bad" loading={busy}>
              Revoke the token
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
