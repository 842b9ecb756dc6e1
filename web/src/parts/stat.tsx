import type { ReactNode } from 'react';
import { Definition } from './definition.tsx';

interface StatProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** How the number is counted. */
  definition?: string;
}

/** One number with its name. Stands inside `Stats`. */
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

export function Stats({ children, label }: { children: ReactNode; label: string }) {
  return (
    <section className="stats" aria-label={label}>
      {children}
    </section>
  );
}
