import { readFileSync } from 'node:fs';

/** The oldest child of a process that has one thread; undefined when it has none, or the system does not tell. */
export function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return first ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}
