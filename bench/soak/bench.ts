/**
 * What a control room still holds after sustained load: `npm run bench -- soak`. The twin runs 100,000 invocations in its
 * own process, four at a time. Meanwhile, 200 execution environments are killed from outside and 200 invocations time
 * out. V8's young generation is capped at 4 MB, because its growth would hide leaks.
 *
 * Targets: memory at the end at most 1.10 times that after the first 10,000 invocations; after the function is deleted,
 * no more descriptors and processes than after the first function was deleted; no zombies; p99 of the last 10,000
 * invocations at most 3 times that of the first 10,000.
 */
import type { Bench, Row } from '../row.ts';
import { type Size, type Soaked, soak } from './soak.ts';

const SIZE: Size = { invocations: 100_000, block: 10_000, kills: 200, timeouts: 200 };

export const bench: Bench = async (progress) => rowsOf(await soak(SIZE, progress), SIZE);

export function rowsOf({ before, after, blocks, ends }: Soaked, { block }: Size): Row[] {
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  const start = 'at the start';
  const early = `after ${block}`;
  const alone = (title: string, value: number, unit: string): Row => ({
    case: title,
    value,
    unit,
    versus: '',
    ratio: undefined,
  });
  const against = (title: string, value: number, unit: string, versus: string, other: number): Row[] => [
    alone(`${title} ${versus}`, other, unit),
    { case: `${title} at the end`, value, unit, versus, ratio: value / other },
  ];
  return [
    alone('succeeded', ends.answered, 'invocations'),
    alone('killed', ends.killed, 'invocations'),
    alone('timed out', ends.timedOut, 'invocations'),
    ...against('heap', last.memory.heapUsed / 2 ** 20, 'MB', early, first.memory.heapUsed / 2 ** 20),
    ...against('resident memory', last.memory.rss / 2 ** 20, 'MB', early, first.memory.rss / 2 ** 20),
    ...against('p99', last.p99Us / 1_000, 'ms', early, first.p99Us / 1_000),
    ...against('open descriptors', after.descriptors, '', start, before.descriptors),
    ...against('processes', after.processes, '', start, before.processes),
    alone('zombies at the end', after.zombies, ''),
  ];
}
