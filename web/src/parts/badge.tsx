import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'live' | 'plain';

/** A label with a tone. The icon repeats the tone for people who cannot see the colour. */
export function Badge({ tone = 'plain', icon: Icon, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone}>
      {Icon !== undefined && <Icon size={14} stroke={2} aria-hidden="true" />}
      {children}
    </span>
  );
}

interface BadgeProps {
  tone?: Tone;
  icon?: Icon;
  children: ReactNode;
}
