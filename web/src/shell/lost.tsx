import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { reconnect, useLive } from '../live.ts';

/** A banner while the live connection is lost and numbers may be stale. */
export function Lost() {
  const connection = useLive((live) => live.connection);
  return (
    <div role="status">
      {connection === 'lost' && (
        <div className="lost" data-testid="lost">
          <IconPlugConnectedX size={18} stroke={1.7} aria-hidden="true" />
          <span>Live updates are disconnected. Numbers may be out of date. Reconnecting…</span>
          <Button size="compact-xs" variant="default" onClick={reconnect}>
            Reconnect now
          </Button>
        </div>
      )}
    </div>
  );
}
