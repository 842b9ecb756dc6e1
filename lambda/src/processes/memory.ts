import { readFileSync } from 'node:fs';

/** The memory of a process, MB. */
interface Memory {
  residentMb: number;
  /** The most it ever was. */
  peakMb: number;
}

const RESIDENT = /^VmRSS:\s+(\d+) kB/m;
const PEAK = /^VmHWM:\s+(\d+) kB/m;

/**
 * Reads `/proc`; undefined when the process has gone or the system does not tell (outside Linux). At once: no disk is
 * behind it, and a thread to read it in costs ten times as much.
 */
function memoryOf(pid: number): Memory | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined;
  }
  const megabytes = (field: RegExp) => Number(field.exec(status)?.[1] ?? Number.NaN) / 1024;
  const residentMb = megabytes(RESIDENT);
  return Number.isNaN(residentMb) ? undefined : { residentMb, peakMb: megabytes(PEAK) };
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
  #peakMb = 0;
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
   * tell (outside Linux).
   */
  peakMb(nowMs: number): number {
    if (!this.#stopped && nowMs - this.#sampledAt > SAMPLE_MS) {
      this.#sampledAt = nowMs;
      this.#keepPeak(this.#memory());
    }
    return this.#peakMb;
  }

  #memory(): Memory | undefined {
    this.#pid ??= this.#pidOf();
    return this.#pid === undefined ? undefined : memoryOf(this.#pid);
  }

  #keepPeak(memory: Memory | undefined): void {
    this.#peakMb = Math.max(this.#peakMb, Math.ceil(memory?.peakMb ?? 0));
  }

  #endLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (!this.#working) {
      this.#endLooking();
      return;
    }
    const memory = this.#memory();
    if (!memory || memory.residentMb <= this.#limitMb) return;
    this.stop();
    this.#keepPeak(memory);
    this.#exceeded();
  }
}
