/** What a process holds of the system, from /proc: Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Holdings {
  /** Open files, pipes and sockets. */
  descriptors: number;
  /** Children that live. */
  processes: number;
  /** Children that have ended and were not asked about. */
  zombies: number;
}

const LOOK_MS = 100;
/** So many looks with the same result mean that nothing is under way. */
const LOOKS = 10;
const LONGEST_SETTLING_MS = 15_000;

/** What is held once nothing changes any more for a second. */
export async function settledHoldings(pid: number): Promise<Holdings> {
  let known = holdingsOf(pid);
  let looks = 0;
  for (
    const until = performance.now() + LONGEST_SETTLING_MS;
    looks < LOOKS && performance.now() < until;
    looks++
  ) {
    await sleep(LOOK_MS);
    const now = holdingsOf(pid);
    if (JSON.stringify(now) !== JSON.stringify(known)) looks = 0;
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

/** Whether a process is a child of another: an id alone may have been given to somebody else since. */
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
    // It has ended.
    return '';
  }
}
