import { exited, type Failure, invalidEntrypoint, outOfMemory } from '../environments/failures.ts';
import type { Launch } from './launch.ts';
import { MemoryGauge } from './memory.ts';
import { type EnvironmentProcess, MissingProgram, type ProcessEvents } from './process.ts';

export interface RuntimeProcessEvents {
  line(line: string): void;
  /** `of` describes the failure for the request that it hits. */
  failed(of: (requestId: string) => Failure): void;
  /** The process has ended. */
  ended(): void;
}

export type StartProcess = (launch: Launch, address: string, events: ProcessEvents) => EnvironmentProcess;

/** The process of an environment's runtime, and a watch over its memory. */
export class RuntimeProcess {
  /** Undefined until it was started. */
  process: EnvironmentProcess | undefined;
  #launch: Launch;
  #start: StartProcess;
  #events: RuntimeProcessEvents;
  #memory: MemoryGauge | undefined;
  #replaced = false;

  constructor(launch: Launch, start: StartProcess, events: RuntimeProcessEvents) {
    this.#launch = launch;
    this.#start = start;
    this.#events = events;
  }

  start(address: string): void {
    try {
      this.process = this.#begin(address);
    } catch (error) {
      if (error instanceof MissingProgram) this.#onMissing(error);
      else this.onUnstarted(error);
    }
  }

  freeze(): void {
    this.process?.freeze();
  }

  thaw(): void {
    this.process?.thaw();
  }

  /** Kills the process without a word about its end, so that another one can be started. */
  async clear(): Promise<void> {
    this.#replaced = true;
    this.stop();
    this.process?.kill();
    await this.process?.gone;
    this.#replaced = false;
  }

  onUnstarted(error: unknown): void {
    this.#events.line(`Upstack could not start the execution environment: ${String(error)}`);
    this.#events.failed((id) => exited(id, 1, null));
  }

  /** It works from now on. */
  watch(): void {
    this.#memory?.watch();
  }

  /** It has nothing to do. */
  rest(): void {
    this.#memory?.rest();
  }

  stop(): void {
    this.#memory?.stop();
  }

  /** The largest resident memory of the process so far, MB; see MemoryGauge. */
  peakMb(nowMs: number): number {
    return this.#memory?.peakMb(nowMs) ?? 0;
  }

  #onMissing(error: Error): void {
    const { command } = this.#launch;
    this.#events.line(`Upstack could not start ${command}: ${error.message}`);
    this.#events.failed((id) => invalidEntrypoint(id, command));
  }

  #begin(address: string): EnvironmentProcess {
    const { memoryMb } = this.#launch;
    const { line, failed, ended } = this.#events;
    const process = this.#start(this.#launch, address, {
      line,
      missing: (error) => this.#onMissing(error),
      exited: (code, signal) => {
        if (this.#replaced) return;
        failed((id) => exited(id, code, signal));
        ended();
      },
    });
    if (process.pid === undefined) return process;
    const runtimePid = () => process.runtimePid();
    this.#memory = new MemoryGauge(runtimePid, memoryMb, () => failed(outOfMemory));
    this.#memory.watch();
    return process;
  }
}
