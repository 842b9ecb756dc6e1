import { type ReactNode, useEffect } from 'react';

interface PageProps {
  title: string;
  /** Replaces the visible title when it needs more than text. */
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: title (also of the window), lead, actions and content. */
export function Page({ title, heading, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Upstack`;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{heading ?? title}</h1>
          {lead !== undefined && <div className="page-lead">{lead}</div>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      <div className="stack">{children}</div>
    </>
  );
}
