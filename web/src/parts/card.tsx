import { IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';

interface CardProps {
  title: ReactNode;
  /** Beside the title: a definition, a badge. */
  aside?: ReactNode;
  /** At the end of the title's line: controls, links. */
  end?: ReactNode;
  /** Omits the padding, for content that has its own (tables). */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

export function Card({ title, aside, end, flush = false, className = '', children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${flush ? 'card-flush' : ''} ${className}`} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
        {end !== undefined && <div className="card-end">{end}</div>}
      </div>
      <div className="card-body">{children}</div>
    </section>
  );
}

/** A card that starts collapsed, unless `open`. */
export function FoldedCard({
  title,
  open = false,
  children,
}: {
  title: string;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details className="card fold" open={open}>
      <summary>
        <IconChevronRight className="chevron" size={16} aria-hidden="true" />
        <h2>{title}</h2>
      </summary>
      <div className="card-body">{children}</div>
    </details>
  );
}
