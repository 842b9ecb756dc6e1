import type { GrowthView } from '../../../../src/product/schema.ts';
import { AXIS_WIDTH, ceiling } from '../scale.ts';

export type GrowthWeek = GrowthView['weeks'][number];
export type GrowthPart = 'returning' | 'new' | 'resurrecting' | 'dormant';

export interface GrowthBlock {
  part: GrowthPart;
  people: number;
  /** Signed ends, in people. Dormant people are below zero. */
  from: number;
  to: number;
}

/** The blocks of one week's bar, from zero outwards, without empty ones. */
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

/** The range of the axis over all weeks, in people: [at most 0, at least 1]. */
export function growthDomain(weeks: readonly GrowthWeek[]): [number, number] {
  const below = Math.max(0, ...weeks.map(({ dormant }) => dormant));
  return [below === 0 ? 0 : -ceiling(below), ceiling(Math.max(0, ...weeks.map(({ active }) => active)))];
}

export interface Slots {
  /** The widths of one week and of its bar, in px. */
  slot: number;
  bar: number;
  /** The centre of a week, in px from the left edge of the chart. */
  x(index: number): number;
}

/**
 * Lays out `count` weeks in a chart of `width` px. Undefined when no width is left beside the axis: pages pass through
 * such widths during layout, and SVG rejects a negative width.
 */
export function slotsOf(count: number, width: number): Slots | undefined {
  const slot = (width - AXIS_WIDTH) / Math.max(1, count);
  if (slot <= 0) return undefined;
  return { slot, bar: Math.min(44, slot * 0.66), x: (index) => AXIS_WIDTH + slot * (index + 0.5) };
}
