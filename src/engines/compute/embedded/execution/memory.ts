import { readFile } from 'node:fs/promises';

/** The memory of a process, MB. */
export interface Memory {
  residentMb: number;
  /** The most it ever was. */
  peakMb: number;
}

/** Reads `/proc`; undefined when the process has gone or the system does not tell (outside Linux). */
export async function memoryOf(pid: number): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  const residentMb = megabytes('VmRSS');
  return Number.isNaN(residentMb) ? undefined : { residentMb, peakMb: megabytes('VmHWM') };
}

const LOOK_MS = 100;

/**
 * Looks at a process ten times a second and says once when it is above its limit. V8 has a limit of its own for the
 * heap; buffers, native code and other runtimes are only seen here.
 */
export class MemoryWatch {
  #timer: NodeJS.Timeout;
  #stopped = false;

  constructor(pid: number, limitMb: number, exceeded: (memory: Memory) => void) {
    this.#timer = setInterval(async () => {
      const memory = await memoryOf(pid);
      if (!memory || memory.residentMb <= limitMb || this.#stopped) return;
      this.stop();
      exceeded(memory);
    }, LOOK_MS).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
