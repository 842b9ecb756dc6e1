import type { GrowthView } from '../../../../src/product/schema.ts';
import { AXIS_WIDTH, ceiling } from '../scale.ts';

export type GrowthWeek = GrowthView['weeks'][number];
export type GrowthPart = 'returning' | 'new' | 'resurrecting' | 'dormant';

export interface GrowthBlock {
  part: GrowthPart;
  people: number;
  /** Signed ends, in people: what was lost hangs below zero. */
  from: number;
  to: number;
}

/** The blocks of one week's bar, from zero outwards; empty blocks are left out. */
export function blocksOf(week: GrowthWeek): GrowthBlock[] {
  const blocks: GrowthBlock[] = [];
  let from = 0;
  for (const part of ['returning', 'new', 'resurrecting'] as const) {
    const people = week[part];
    if (people > 0) blocks.push({ part, people, from, to: from + people });
    from += people;
  }
  if (week.dormant > 0) blocks.push({ part: 'dormant', people: week.dormant, from: -week.dormant, to: 0 });
  return blocks;
}

/** The ends of the axis for all weeks, in people: [at most 0, at least 1]. */
export function growthDomain(weeks: readonly GrowthWeek[]): [number, number] {
  const below = Math.max(0, ...weeks.map(({ dormant }) => dormant));
  return [below === 0 ? 0 : -ceiling(below), ceiling(Math.max(0, ...weeks.map(({ active }) => active)))];
}

export interface Slots {
  /** The width of one week, in px, and of the bar in its middle. */
  slot: number;
  bar: number;
  /** The middle of a week, in px from the left edge of the chart. */
  x(index: number): number;
}

/**
 * `count` weeks side by side in a chart of `width` px. None when nothing is left beside the axis: a page passes
 * through such widths while it is laid out anew, and a negative width is an error in SVG.
 */
export function slotsOf(count: number, width: number): Slots | undefined {
  const slot = (width - AXIS_WIDTH) / Math.max(1, count);
  if (slot <= 0) return undefined;
  return { slot, bar: Math.min(44, slot * 0.66), x: (index) => AXIS_WIDTH + slot * (index + 0.5) };
}
