/**
 * What a control room still holds after long work: `npm run bench -- soak`. The twin in a process of its own runs 100,000
 * invocations, four at a time; 200 execution environments are killed from outside meanwhile, and 200 invocations run into
 * their timeout. V8's young generation is kept at 4 MB, because its growth would hide what leaks.
 *
 * To hold: memory at the end within 1.10 of that after the first 10,000 invocations, no more descriptors and processes once
 * the function is deleted than after a first function was, no zombies, and a p99 of the last 10,000 within 3 times the first's.
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
    alone('answered well', ends.answered, 'invocations'),
    alone('ended by a kill', ends.killed, 'invocations'),
    alone('ended by the timeout', ends.timedOut, 'invocations'),
    ...against('heap', last.memory.heapUsed / 2 ** 20, 'MB', early, first.memory.heapUsed / 2 ** 20),
    ...against('resident memory', last.memory.rss / 2 ** 20, 'MB', early, first.memory.rss / 2 ** 20),
    ...against('p99', last.p99Us / 1_000, 'ms', early, first.p99Us / 1_000),
    ...against('open descriptors', after.descriptors, '', start, before.descriptors),
    ...against('processes', after.processes, '', start, before.processes),
    alone('zombies at the end', after.zombies, ''),
  ];
}
