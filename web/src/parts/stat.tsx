import type { ReactNode } from 'react';
import { Definition } from './definition.tsx';

interface StatProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** How the number is counted. */
  definition?: string;
}

/** One labelled number inside `Stats`. */
export function Stat({ label, value, note, definition }: StatProps) {
  return (
    <div className="stat">
      <div className="stat-label">
        <span>{label}</span>
        {definition !== undefined && <Definition of={label}>{definition}</Definition>}
      </div>
      <div className="stat-value">{value}</div>
      {note !== undefined && <div className="stat-note">{note}</div>}
    </div>
  );
}

interface StatsProps {
  children: ReactNode;
  label: string;
  /** Maximum number per row; by default as many as fit. */
  columns?: number;
}

export function Stats({ children, label, columns }: StatsProps) {
  return (
    <section className="stats" aria-label={label} data-columns={columns}>
      {children}
    </section>
  );
}
