import { globSync, readFileSync } from 'node:fs';
import { until } from '../until.ts';

/** The child process of `parent` whose command line contains `part` (Linux, `/proc`); waits a little for it. */
export function childOf(parent: number, part: string): Promise<number> {
  return until(
    `a child of ${parent} that runs ${part}`,
    async () =>
      globSync('/proc/[0-9]*')
        .map((path) => Number(path.slice('/proc/'.length)))
        .find((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes(part)),
    5_000,
  );
}

/** Whether the process is there and not only waiting to be reaped. */
export function exists(pid: number): boolean {
  const state = /\) (\w)/.exec(read(pid, 'stat'))?.[1];
  return state !== undefined && state !== 'Z';
}

function parentOf(pid: number): number {
  return Number(/\) \w (\d+)/.exec(read(pid, 'stat'))?.[1]);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
