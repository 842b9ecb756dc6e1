import type { ReactNode } from 'react';
import type uPlot from 'uplot';

/** Which point the pointer is at, and where its tooltip stands, in pixels from the chart's left edge. */
export interface Hover {
  index: number;
  left: number;
  /** There is more room on the left. */
  flip: boolean;
}

/** What a chart's cursor is at; null when it is elsewhere. */
export function hoverOf({ cursor, over }: uPlot): Hover | null {
  if (cursor.idx == null || cursor.left === undefined || cursor.left < 0) return null;
  return {
    index: cursor.idx,
    left: cursor.left + over.offsetLeft,
    flip: cursor.left > over.clientWidth / 2,
  };
}

/** The tooltip of a chart; it repeats what the table switch shows, so it is silent for screen readers. */
export function ChartTip({ left, flip, children }: Pick<Hover, 'left' | 'flip'> & { children: ReactNode }) {
  return (
    <div className="chart-tip" style={{ left }} data-flip={flip ? '' : undefined} aria-hidden="true">
      {children}
    </div>
  );
}
