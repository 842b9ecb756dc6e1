/** Processor time from /proc. Unlike wall time, it hardly depends on other load of the machine. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds of CPU time per thread of a process and its descendants; empty outside Linux. */
export type CpuTimes = Map<string, number>;

export function cpuTimes(pid: number): CpuTimes {
  const times: CpuTimes = new Map();
  for (const task of tasksOf(pid)) {
    const [ran] = read(`${task}/schedstat`).split(' ');
    if (ran) times.set(task, Number(ran));
    for (const child of read(`${task}/children`).split(' ').filter(Boolean)) {
      for (const [name, time] of cpuTimes(Number(child))) times.set(name, time);
    }
  }
  return times;
}

/** Microseconds of CPU time between two readings; NaN outside Linux. Threads that ended in between are not counted. */
export function cpuUs(before: CpuTimes, after: CpuTimes): number {
  if (after.size === 0) return Number.NaN;
  let total = 0;
  for (const [task, time] of after) total += time - (before.get(task) ?? 0);
  return total / 1_000;
}

function tasksOf(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).map((task) => `${folder}/${task}`);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
