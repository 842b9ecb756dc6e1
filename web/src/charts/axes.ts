import type uPlot from 'uplot';
import { minuteOf, stopwatch } from '../format.ts';
import type { Palette } from './palette.ts';

/** Axes in one style: muted numbers, hairlines, no ticks. */

function muted({ colour, font }: Palette): uPlot.Axis {
  return {
    stroke: colour('text-3'),
    font,
    ticks: { show: false },
    grid: { stroke: colour('border'), width: 1 },
  };
}

/** Time of day from epoch seconds. */
export function timeAxis(palette: Palette): uPlot.Axis {
  return {
    ...muted(palette),
    grid: { show: false },
    space: 64,
    size: 26,
    gap: 6,
    values: (_, splits) => splits.map(minuteOf),
  };
}

/** Time from seconds since the start. */
export function elapsedAxis(palette: Palette): uPlot.Axis {
  return {
    ...muted(palette),
    grid: { show: false },
    space: 64,
    size: 26,
    gap: 6,
    incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400],
    values: (_, splits) => splits.map(stopwatch),
  };
}

export function valueAxis(palette: Palette, format: (value: number) => string): uPlot.Axis {
  return {
    ...muted(palette),
    space: 34,
    size: 58,
    gap: 8,
    values: (_, splits) => splits.map((value) => format(value)),
  };
}
