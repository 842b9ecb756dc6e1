import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MAX_LINKED_FILES } from '../limits.ts';
import type { Generic, Launch } from './launch.ts';
import { EnvironmentProcess, type How, type ProcessEvents } from './process.ts';
import { Slot, type Tree, treeOf } from './slot.ts';

/** After one was taken: what takes it starts a function right now, and should not have to share the processor. */
const REFILL_AFTER_MS = 100;

/**
 * Processes that have booted the runtime client and wait to be told which function they are: a cold start then only
 * loads the function's own code. Of each program they are of the kind that was asked for last, because that is asked for
 * again.
 */
export class ParkedProcesses {
  #size: number;
  #how: How;
  #directory: string;
  /** What is asked for, by the program that runs it. */
  #wanted = new Map<string, Generic>();
  #parked: { kind: string; process: EnvironmentProcess }[] = [];
  #ending = new Set<Promise<void>>();
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  /** `size` is how many processes wait, of each program; 0 parks none. `directory` is where sandboxes get directories of their own. */
  constructor(size: number, directory: string, how: How) {
    this.#size = size;
    this.#directory = directory;
    this.#how = how;
  }

  /** The process of an environment: one that waits if one fits, or one of its own. */
  start(launch: Launch, address: string, events: ProcessEvents): EnvironmentProcess {
    const code = this.#codeOf(launch);
    const fits = !this.#how.sandbox || code !== undefined;
    const parked = launch.kind && fits ? this.take({ ...launch, kind: launch.kind }) : undefined;
    try {
      parked?.become(launch, address, code, events);
      if (parked) return parked;
    } catch {
      // The disk is full, or a file has as many links as it can have: what boots by itself needs no links.
      if (parked) this.#end(parked);
    }
    return EnvironmentProcess.start(launch, address, this.#how, events);
  }

  /** Says which kind will be asked for. */
  prepare(generic: Generic): void {
    this.#wanted.set(generic.command, generic);
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
    if (this.#closed) return;
    const kinds = new Set([...this.#wanted.values()].map(({ kind }) => kind));
    const useful = this.#parked.filter(({ kind, process }) => kinds.has(kind) && process.alive);
    for (const one of this.#parked) if (!useful.includes(one)) this.#end(one.process);
    this.#parked = useful;
    for (const generic of this.#wanted.values()) this.#park(generic);
  }

  #park(generic: Generic): void {
    const { kind } = generic;
    for (let have = this.#parked.filter((one) => one.kind === kind).length; have < this.#size; have++) {
      const slot = this.#slot();
      if (this.#how.sandbox && !slot) return;
      this.#parked.push({ kind, process: EnvironmentProcess.park(generic, this.#how, slot) });
    }
  }

  /** Undefined also when there is no room for one. */
  #slot(): Slot | undefined {
    try {
      return this.#how.sandbox && new Slot(join(this.#directory, randomUUID()));
    } catch {
      return undefined;
    }
  }

  /** Large packages take longer to link than a process takes to boot. */
  #codeOf({ kind, codeDirectory }: Launch): Tree | undefined {
    if (!this.#how.sandbox || kind === undefined || this.#size === 0) return undefined;
    return treeOf(codeDirectory, MAX_LINKED_FILES);
  }

  #end(process: EnvironmentProcess): void {
    process.kill();
    const ended: Promise<void> = process.gone.finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
