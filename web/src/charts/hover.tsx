import type { ReactNode } from 'react';
import type uPlot from 'uplot';

/** The point under the pointer, and the position of its tooltip in px from the chart's left edge. */
export interface Hover {
  index: number;
  left: number;
  /** The tooltip opens to the left, where there is more room. */
  flip: boolean;
}

/** The point under a chart's cursor; null when the cursor is outside the chart. */
export function hoverOf({ cursor, over }: uPlot): Hover | null {
  if (cursor.idx == null || cursor.left === undefined || cursor.left < 0) return null;
  return {
    index: cursor.idx,
    left: cursor.left + over.offsetLeft,
    flip: cursor.left > over.clientWidth / 2,
  };
}

/** The tooltip of a chart. Hidden from screen readers, because the table has the same numbers. */
export function ChartTip({ left, flip, children }: Pick<Hover, 'left' | 'flip'> & { children: ReactNode }) {
  return (
    <div className="chart-tip" style={{ left }} data-flip={flip ? '' : undefined} aria-hidden="true">
      {children}
    </div>
  );
}
