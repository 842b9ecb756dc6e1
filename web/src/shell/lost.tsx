import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { reconnect, useLive } from '../live.ts';

/** Says that what is shown may be old, for as long as it may be. */
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
