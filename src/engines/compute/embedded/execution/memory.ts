import { readFile } from 'node:fs/promises';

/** The memory of a process, MB. */
interface Memory {
  residentMb: number;
  /** The most it ever was. */
  peakMb: number;
}

/** Reads `/proc`; undefined when the process has gone or the system does not tell (outside Linux). */
async function memoryOf(pid: number): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  const residentMb = megabytes('VmRSS');
  return Number.isNaN(residentMb) ? undefined : { residentMb, peakMb: megabytes('VmHWM') };
}

const LOOK_MS = 100;
const SAMPLE_MS = 1_000;

/**
 * The memory of one process. While it works, looks at it ten times a second and says once when it is above its limit:
 * V8 has a limit of its own for the heap; buffers, native code and other runtimes are only seen here.
 */
export class MemoryGauge {
  #pidOf: () => number | undefined;
  #pid: number | undefined;
  #limitMb: number;
  #exceeded: () => void;
  #timer: NodeJS.Timeout | undefined;
  #working = false;
  #stopped = false;
  #peakMb = Promise.resolve(0);
  #sampledAt = Number.NEGATIVE_INFINITY;

  /** `pidOf` tells the process as soon as it is there. */
  constructor(pidOf: () => number | undefined, limitMb: number, exceeded: () => void) {
    this.#pidOf = pidOf;
    this.#limitMb = limitMb;
    this.#exceeded = exceeded;
  }

  /** The process works from now on. */
  watch(): void {
    this.#working = true;
    if (!this.#stopped) this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** It has nothing to do. */
  rest(): void {
    this.#working = false;
  }

  /** It has ended: the peak stays what it was. */
  stop(): void {
    this.#stopped = true;
    this.#endLooking();
  }

  /**
   * The largest resident memory so far, MB, read at most once a second of monotonic time. 0 where the system does not
   * tell (outside Linux). Calls resolve in their order.
   */
  peakMb(nowMs: number): Promise<number> {
    if (!this.#stopped && nowMs - this.#sampledAt > SAMPLE_MS) {
      this.#sampledAt = nowMs;
      const before = this.#peakMb;
      this.#peakMb = this.#memory().then(async (memory) => {
        return Math.max(await before, Math.ceil(memory?.peakMb ?? 0));
      });
    }
    return this.#peakMb;
  }

  async #memory(): Promise<Memory | undefined> {
    this.#pid ??= this.#pidOf();
    return this.#pid === undefined ? undefined : await memoryOf(this.#pid);
  }

  #endLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (!this.#working) return this.#endLooking();
    const memory = await this.#memory();
    if (!memory || memory.residentMb <= this.#limitMb || this.#stopped || !this.#working) return;
    this.stop();
    this.#peakMb = Promise.resolve(Math.ceil(memory.peakMb));
    this.#exceeded();
  }
}
