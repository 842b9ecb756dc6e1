import type { Log } from '../log.ts';

/** A running child process. */
export interface Running {
  /** Resolves with the reason when the child has ended. Never rejects. */
  ended: Promise<string>;
  /** Stops the child; resolves when it has ended. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;
const STABLE_AFTER_MS = 10_000;

/**
 * Keeps one child running. Restarts it when it ends, after a pause that doubles from 50 ms to 2 s and is reset once the
 * child has run for 10 s. `current` is undefined while the child is down.
 */
export class Supervisor<Child extends Running> {
  #start: () => Promise<Child>;
  #name: string;
  #log: Log;
  #current: Child | undefined;
  #stopped = false;
  #loop: Promise<void> | undefined;
  #pause: { wake: () => void } | undefined;
  restarts = 0;

  constructor(name: string, log: Log, start: () => Promise<Child>) {
    this.#name = name;
    this.#log = log;
    this.#start = start;
  }

  get current(): Child | undefined {
    return this.#current;
  }

  /** Starts the child. Rejects when the first start fails; then nothing is left running. */
  async start(): Promise<Child> {
    const child = await this.#start();
    this.#current = child;
    this.#loop = this.#keep(child);
    return child;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause?.wake();
    await this.#current?.stop();
    await this.#loop;
  }

  async #keep(first: Child): Promise<void> {
    let child: Child | undefined = first;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stopped) {
      if (child) {
        const since = performance.now();
        const reason = await child.ended;
        this.#current = undefined;
        if (this.#stopped) return;
        if (performance.now() - since > STABLE_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
        this.#log.warn({ child: this.#name, reason }, 'child ended; restarting');
      }
      await this.#wait(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
      child = await this.#restart();
    }
    await child?.stop();
  }

  async #restart(): Promise<Child | undefined> {
    if (this.#stopped) return undefined;
    try {
      const child = await this.#start();
      this.restarts++;
      this.#current = child;
      return child;
    } catch (error) {
      this.#log.error({ child: this.#name, error: String(error) }, 'child failed to start; retrying');
      return undefined;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#pause = {
        wake: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
  }
}
