import type { Launch } from './launch.ts';
import { EnvironmentProcess } from './process.ts';
import type { Reaper } from './reaper.ts';

/** What a process must be started with to become any function's environment of one kind. */
export type Generic = Pick<Launch, 'command' | 'arguments'> & { kind: string };

/** After one was taken: what takes it starts a function right now, and should not have to share the processor. */
const REFILL_AFTER_MS = 100;

/**
 * Processes that have booted the runtime client and wait to be told which function they are: a cold start then only
 * loads the function's own code. They are of the kind that was asked for last, because that is asked for again.
 */
export class ParkedProcesses {
  #size: number;
  #reaper: Reaper;
  #generic: Generic | undefined;
  #parked: { kind: string; process: EnvironmentProcess }[] = [];
  #ending = new Set<Promise<void>>();
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  /** `size` is how many processes wait; 0 parks none. */
  constructor(size: number, reaper: Reaper) {
    this.#size = size;
    this.#reaper = reaper;
  }

  /** Says which kind will be asked for. */
  prepare(generic: Generic): void {
    this.#generic = generic;
    this.#refill ??= setTimeout(() => this.#fill(), REFILL_AFTER_MS).unref();
  }

  /** One that waits, if there is one of that kind, for the caller to keep. Another will take its place. */
  take(generic: Generic): EnvironmentProcess | undefined {
    this.prepare(generic);
    this.#parked = this.#parked.filter(({ process }) => process.alive);
    const place = this.#parked.findIndex(({ kind }) => kind === generic.kind);
    return place < 0 ? undefined : this.#parked.splice(place, 1)[0]?.process;
  }

  /** Ends those that wait and resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    for (const { process } of this.#parked.splice(0)) this.#end(process);
    await Promise.all(this.#ending);
  }

  #fill(): void {
    this.#refill = undefined;
    const generic = this.#generic;
    if (this.#closed || !generic) return;
    const useful = this.#parked.filter(({ kind, process }) => kind === generic.kind && process.alive);
    for (const one of this.#parked) if (!useful.includes(one)) this.#end(one.process);
    this.#parked = useful;
    while (this.#parked.length < this.#size) {
      this.#parked.push({ kind: generic.kind, process: EnvironmentProcess.park(generic, this.#reaper) });
    }
  }

  #end(process: EnvironmentProcess): void {
    process.kill();
    const ended: Promise<void> = process.gone.finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
