import type { Clock } from '../../../../lib/clock.ts';
import { LONGEST_INIT_MS } from '../limits.ts';
import {
  exited,
  type Failure,
  invalidEntrypoint,
  outOfMemory,
  responseTooLarge,
  thrown,
  timedOut,
} from './failures.ts';
import type { Initialization, Launch } from './launch.ts';
import { MemoryGauge } from './memory.ts';
import type { EnvironmentProcess, ProcessEvents } from './process.ts';
import { type Delivery, RuntimeApi } from './runtime-api.ts';

export interface EnvironmentEvents {
  /** It waits for work. */
  idle(environment: Environment): void;
  /** Its process has ended. `failure` says why when it never came to wait for work. */
  ended(environment: Environment, failure: Failure | undefined): void;
  line(environment: Environment, requestId: string, line: string): void;
}

export interface EnvironmentOptions {
  launch: Launch;
  clock: Clock;
  /** A process that runs what the launch says, or is about to. */
  process(launch: Launch, address: string, events: ProcessEvents): EnvironmentProcess;
  events: EnvironmentEvents;
}

export type Outcome = { ok: true; payload: Buffer } | { ok: false; failure: Failure };

export interface Ended {
  outcome: Outcome;
  durationMs: number;
}

interface Invocation {
  requestId: string;
  since: number;
  timer: NodeJS.Timeout;
  resolve(ended: Ended): void;
}

/** So long after its last work an environment's process is stopped: what it left running does not go on. */
const FREEZE_AFTER_MS = 100;
const INIT_ID = 'init';

/** One execution environment: a process that handles one invocation at a time, and is frozen between them. */
export class Environment {
  /** How long the code outside the handler took; undefined until it first waited for work. */
  initMs: number | undefined;
  /** Invocations it was given. */
  invocations = 0;
  /** Monotonic time of the end of its last work. */
  idleSince = 0;
  #launch: Launch;
  #clock: Clock;
  #startProcess: EnvironmentOptions['process'];
  #events: EnvironmentEvents;
  #api: RuntimeApi;
  #process: EnvironmentProcess | undefined;
  #memory: MemoryGauge | undefined;
  #startedAt: number;
  #invocation: Invocation | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #freezeTimer: NodeJS.Timeout | undefined;
  #frozen = false;
  /** The process that took too long to start is being replaced. */
  #startsAgain = false;
  #failure: Failure | undefined;
  #killed = false;
  #over = false;
  /** The process asks for an invocation. */
  #asks = false;
  /** It may be given one. */
  #ready = false;
  #requestId = INIT_ID;

  constructor({ launch, clock, process, events }: EnvironmentOptions) {
    this.#launch = launch;
    this.#clock = clock;
    this.#startProcess = process;
    this.#events = events;
    this.#startedAt = clock.monotonic();
    this.#api = new RuntimeApi({
      // What the invocation before wrote is read by the end of this turn of the event loop: a next one that began
      // sooner could mix its lines with those.
      ready: () => {
        this.#asks = true;
        setImmediate(() => this.#onReady());
      },
      left: () => {
        this.#asks = false;
        this.#ready = false;
      },
      response: (_, payload) => this.#settle({ ok: true, payload }),
      responseTooLarge: (_, bytes) => this.#settle({ ok: false, failure: responseTooLarge(bytes) }),
      error: (_, body, type) => this.#settle({ ok: false, failure: thrown(body, type) }),
      initError: (body, type) => {
        this.#failure = thrown(body, type);
        this.kill();
      },
    });
  }

  get instance(): string {
    return this.#launch.instance;
  }

  get initialization(): Initialization {
    return this.#launch.initialization;
  }

  /** Starts the process. What goes wrong is reported through `ended`; never rejects. */
  async start(): Promise<void> {
    try {
      const address = await this.#api.listen();
      if (this.#killed) return this.#onExit(null, 'SIGKILL');
      this.#begin(address, () => this.#startAgain(address), LONGEST_INIT_MS);
    } catch (error) {
      this.#onNoStart(error);
    }
  }

  /** True while the process waits for an invocation. */
  get ready(): boolean {
    return this.#ready && !this.#killed;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Runs one invocation; call only while `ready`. Resolves however it ends; never rejects. */
  invoke(delivery: Omit<Delivery, 'deadlineMs'>): Promise<Ended> {
    const { requestId } = delivery;
    if (!this.#ready) {
      const outcome: Outcome = { ok: false, failure: exited(requestId, null, 'SIGKILL') };
      return Promise.resolve({ outcome, durationMs: 0 });
    }
    this.#wake();
    this.#ready = false;
    this.#asks = false;
    this.#requestId = requestId;
    this.invocations++;
    const timeoutMs = this.#launch.timeoutSeconds * 1000;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onTimeout(requestId), timeoutMs);
      this.#invocation = { requestId, since: this.#clock.monotonic(), timer, resolve };
      this.#memory?.watch();
      this.#api.deliver({ ...delivery, deadlineMs: Math.round(this.#clock.now() + timeoutMs) });
    });
  }

  /** Kills the process group at once. `ended` follows. */
  kill(): void {
    this.#killed = true;
    this.#ready = false;
    this.#process?.kill();
  }

  /** Kills the process and resolves when it and its files are gone. */
  async close(): Promise<void> {
    this.kill();
    await this.#process?.gone;
  }

  /** The largest resident memory of the process so far, MB; see MemoryGauge. */
  peakMemoryMb(): Promise<number> {
    return this.#memory?.peakMb(this.#clock.monotonic()) ?? Promise.resolve(0);
  }

  #begin(address: string, tooLong: () => void, limitMs: number): void {
    const launch = this.#launch;
    const process = this.#startProcess(launch, address, {
      line: (line) => this.#events.line(this, this.#requestId, line),
      missing: (error) => {
        this.#failure = invalidEntrypoint(INIT_ID, launch.command);
        this.#events.line(this, INIT_ID, `Upstack could not start ${launch.command}: ${error.message}`);
      },
      exited: (code, signal) => {
        if (!this.#startsAgain) this.#onExit(code, signal);
      },
    });
    this.#process = process;
    if (process.channel) this.#api.serve(process.channel);
    if (process.pid !== undefined) {
      const runtimePid = () => process.runtimePid();
      this.#memory = new MemoryGauge(runtimePid, launch.memoryMb, () => this.#onOutOfMemory());
      this.#memory.watch();
    }
    this.#initTimer = setTimeout(tooLong, limitMs);
  }

  /**
   * What has not started within 10 s is started once more, within the timeout of the invocation that waits for it.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
   */
  async #startAgain(address: string): Promise<void> {
    const { timeoutSeconds } = this.#launch;
    const tooLong = () => {
      this.#failure = timedOut(INIT_ID, this.#clock.now(), timeoutSeconds);
      this.kill();
    };
    this.#startsAgain = true;
    this.#memory?.stop();
    this.#process?.kill();
    await this.#process?.gone;
    this.#startsAgain = false;
    try {
      if (this.#killed) this.#onExit(null, 'SIGKILL');
      else this.#begin(address, tooLong, timeoutSeconds * 1000);
    } catch (error) {
      this.#onNoStart(error);
    }
  }

  #onNoStart(error: unknown): void {
    this.#failure ??= exited(INIT_ID, 1, null);
    this.#events.line(this, INIT_ID, `Upstack could not start the execution environment: ${String(error)}`);
    this.#onExit(1, null);
  }

  #onReady(): void {
    if (!this.#asks || this.#ready || this.#over) return;
    clearTimeout(this.#initTimer);
    this.#memory?.rest();
    const now = this.#clock.monotonic();
    this.initMs ??= now - this.#startedAt;
    this.idleSince = now;
    this.#ready = true;
    if (this.#killed) return;
    this.#freezeTimer ??= setTimeout(() => this.#freeze(), FREEZE_AFTER_MS).unref();
    this.#events.idle(this);
  }

  /** Stops the process if it has had nothing to do for long enough: one timer serves many invocations. */
  #freeze(): void {
    this.#freezeTimer = undefined;
    if (!this.#ready || this.#over) return;
    const restMs = this.idleSince + FREEZE_AFTER_MS - this.#clock.monotonic();
    if (restMs > 0) {
      this.#freezeTimer = setTimeout(() => this.#freeze(), restMs).unref();
      return;
    }
    this.#frozen = true;
    this.#process?.freeze();
  }

  #wake(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#process?.thaw();
  }

  #onOutOfMemory(): void {
    this.#failure = outOfMemory(this.#invocation?.requestId ?? INIT_ID);
    this.kill();
    this.#settle({ ok: false, failure: this.#failure });
  }

  #onTimeout(requestId: string): void {
    if (this.#invocation?.requestId !== requestId) return;
    this.kill();
    this.#settle({
      ok: false,
      failure: timedOut(requestId, this.#clock.now(), this.#launch.timeoutSeconds),
    });
  }

  #settle(outcome: Outcome): void {
    const invocation = this.#invocation;
    if (!invocation) return;
    this.#invocation = undefined;
    this.#memory?.rest();
    clearTimeout(invocation.timer);
    invocation.resolve({ outcome, durationMs: this.#clock.monotonic() - invocation.since });
  }

  #onExit(code: number | null, signal: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#ready = false;
    clearTimeout(this.#initTimer);
    clearTimeout(this.#freezeTimer);
    this.#memory?.stop();
    this.#api.close();
    const { requestId } = this.#invocation ?? {};
    if (requestId) this.#settle({ ok: false, failure: exited(requestId, code, signal) });
    const initFailure =
      this.initMs === undefined ? (this.#failure ?? exited(INIT_ID, code, signal)) : undefined;
    this.#events.ended(this, initFailure);
  }
}
