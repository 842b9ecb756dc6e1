import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** The empty state: what is missing and what to do about it. */
export function Empty({
  icon: Icon,
  title,
  children,
  level = 'h3',
}: {
  icon: Icon;
  title: string;
  children?: ReactNode;
  level?: 'h2' | 'h3';
}) {
  const Title = level;
  return (
    <div className="empty">
      <div className="empty-icon">
        <Icon size={20} stroke={1.7} aria-hidden="true" />
      </div>
      <Title>{title}</Title>
      {children}
    </div>
  );
}
