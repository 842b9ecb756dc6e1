/** The system resources of a process, from /proc. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Holdings {
  /** Open files, pipes and sockets. */
  descriptors: number;
  /** Living children. */
  processes: number;
  /** Children that have exited and were not reaped. */
  zombies: number;
}

const POLL_MS = 100;
/** This many equal readings in a row count as settled. */
const EQUAL_READINGS = 10;
const MAX_SETTLING_MS = 15_000;

/** The resources once nothing has changed for a second. */
export async function settledHoldings(pid: number): Promise<Holdings> {
  let known = holdingsOf(pid);
  let readings = 0;
  for (
    const until = performance.now() + MAX_SETTLING_MS;
    readings < EQUAL_READINGS && performance.now() < until;
    readings++
  ) {
    await sleep(POLL_MS);
    const now = holdingsOf(pid);
    if (JSON.stringify(now) !== JSON.stringify(known)) readings = 0;
    known = now;
  }
  return known;
}

function holdingsOf(pid: number): Holdings {
  const states = childrenOf(pid).map(stateOf);
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: states.filter((state) => state !== undefined && state !== 'Z').length,
    zombies: states.filter((state) => state === 'Z').length,
  };
}

/** Whether a process is a child of another: its id alone may have been reused. */
export function isChild(pid: number, parent: number): boolean {
  return childrenOf(parent).includes(pid);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const children = readText(`/proc/${pid}/task/${task}/children`);
    return children.split(' ').filter(Boolean).map(Number);
  });
}

function stateOf(pid: number): string | undefined {
  return /\) (\w) /.exec(readText(`/proc/${pid}/stat`))?.[1];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has exited.
    return '';
  }
}
