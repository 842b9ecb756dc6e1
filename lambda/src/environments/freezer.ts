import type { Clock } from '../ports.ts';

export interface FreezerOptions {
  clock: Clock;
  /** What has to be done before; undefined when there is nothing. */
  before(): Promise<void> | undefined;
  processes(): { freeze(): void; thaw(): void }[];
}

/** So long after its last work an environment's processes are stopped: what they left running does not go on. */
const FREEZE_AFTER_MS = 100;

/** Stops the processes of an environment that has had nothing to do for a while; one timer serves many invocations. */
export class Freezer {
  /** Monotonic time of the end of the last work. */
  idleSince = 0;
  #options: FreezerOptions;
  #timer: NodeJS.Timeout | undefined;
  #idle = false;
  #frozen = false;

  constructor(options: FreezerOptions) {
    this.#options = options;
  }

  rest(): void {
    this.#idle = true;
    this.idleSince = this.#options.clock.monotonic();
    this.#timer ??= setTimeout(() => this.#freeze(), FREEZE_AFTER_MS).unref();
  }

  /** There is something to do, if only to end. */
  wake(): void {
    this.#idle = false;
    if (!this.#frozen) return;
    this.#frozen = false;
    for (const process of this.#options.processes()) process.thaw();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.wake();
  }

  async #freeze(): Promise<void> {
    this.#timer = undefined;
    if (!this.#idle) return;
    const since = this.idleSince;
    const restMs = since + FREEZE_AFTER_MS - this.#options.clock.monotonic();
    if (restMs > 0) {
      this.#timer = setTimeout(() => this.#freeze(), restMs).unref();
      return;
    }
    const before = this.#options.before();
    if (before) await before;
    if (!this.#idle || this.idleSince !== since) return;
    this.#frozen = true;
    for (const process of this.#options.processes()) process.freeze();
  }
}
