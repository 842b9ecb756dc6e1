import { Popover } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** The definition of a number, opened by pointer or keyboard. */
export function Definition({ of, children }: { of: string; children: ReactNode }) {
  return (
    <Popover width={300} position="bottom" shadow="md" withArrow trapFocus={false}>
      <Popover.Target>
        <button type="button" className="help" aria-label={`How is this counted? ${of}`}>
          <IconHelpCircle size={15} stroke={1.7} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <p className="small" style={{ fontWeight: 600, marginBottom: 4 }}>
          How is this counted?
        </p>
        <p className="small">{children}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
