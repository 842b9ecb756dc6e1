import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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
import { LineSplitter } from './lines.ts';
import { MemoryWatch, memoryOf } from './memory.ts';
import type { Reaper } from './reaper.ts';
import { type Delivery, RuntimeApi } from './runtime-api.ts';

/** How to start one execution environment. */
export interface Launch {
  instance: string;
  command: string;
  arguments: string[];
  /** The function's code: working directory of the process. */
  taskRoot: string;
  /** The merged files of its layers: what is `/opt` on Lambda; undefined without layers. */
  layersRoot: string | undefined;
  /** Directory of its own for temporary files, removed at the end. */
  temporary: string;
  variables: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
}

export interface EnvironmentEvents {
  /** It waits for work. */
  idle(environment: Environment): void;
  /** Its process has ended. `failure` says why when it never came to wait for work. */
  ended(environment: Environment, failure: Failure | undefined): void;
  line(environment: Environment, requestId: string, line: string): void;
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

const MEMORY_SAMPLE_MS = 1_000;
const INIT_ID = 'init';

/** One execution environment: a process (with a process group of its own) that handles one invocation at a time. */
export class Environment {
  readonly instance: string;
  /** How long the code outside the handler took; undefined until it first waited for work. */
  initMs: number | undefined;
  /** Invocations it was given. */
  invocations = 0;
  /** Monotonic time of the end of its last work. */
  idleSince = 0;
  #launch: Launch;
  #clock: Clock;
  #reaper: Reaper;
  #events: EnvironmentEvents;
  #api: RuntimeApi;
  #process: ChildProcess | undefined;
  #startedAt: number;
  #invocation: Invocation | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  /** Runs while the function's code does. */
  #memoryWatch: MemoryWatch | undefined;
  #failure: Failure | undefined;
  #exit: Promise<void> | undefined;
  #killed = false;
  #over = false;
  /** The process asks for an invocation. */
  #asks = false;
  /** It may be given one. */
  #ready = false;
  #requestId = INIT_ID;
  #peakMb = Promise.resolve(0);
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(launch: Launch, clock: Clock, reaper: Reaper, events: EnvironmentEvents) {
    this.instance = launch.instance;
    this.#launch = launch;
    this.#clock = clock;
    this.#reaper = reaper;
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

  /** Starts the process. What goes wrong is reported through `ended`; never rejects. */
  async start(): Promise<void> {
    try {
      const address = await this.#api.listen();
      if (this.#killed) return this.#onExit(null, 'SIGKILL');
      this.#spawn(address);
    } catch (error) {
      this.#failure = exited(INIT_ID, 1, null);
      this.#events.line(this, INIT_ID, `Upstack could not start the execution environment: ${String(error)}`);
      this.#onExit(1, null);
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
    this.#ready = false;
    this.#asks = false;
    this.#requestId = requestId;
    this.invocations++;
    const timeoutMs = this.#launch.timeoutSeconds * 1000;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onTimeout(requestId), timeoutMs);
      this.#invocation = { requestId, since: this.#clock.monotonic(), timer, resolve };
      this.#watchMemory();
      this.#api.deliver({ ...delivery, deadlineMs: Math.round(this.#clock.now() + timeoutMs) });
    });
  }

  /** Kills the process group at once. `ended` follows. */
  kill(): void {
    this.#killed = true;
    this.#ready = false;
    const pid = this.#process?.pid;
    if (pid === undefined || this.#over) return;
    killGroup(pid);
  }

  /** Kills the process and resolves when it and its files are gone. */
  async close(): Promise<void> {
    this.kill();
    await this.#exit;
  }

  /**
   * The largest resident memory of the process so far, MB; read at most once a second. 0 where the system does not
   * tell (outside Linux). Calls resolve in their order.
   */
  peakMemoryMb(): Promise<number> {
    const now = this.#clock.monotonic();
    if (!this.#over && now - this.#sampledAt > MEMORY_SAMPLE_MS) {
      this.#sampledAt = now;
      this.#peakMb = this.#samplePeak(this.#peakMb);
    }
    return this.#peakMb;
  }

  async #samplePeak(before: Promise<number>): Promise<number> {
    const memory = this.pid === undefined ? undefined : await memoryOf(this.pid);
    return Math.max(await before, Math.ceil(memory?.peakMb ?? 0));
  }

  #watchMemory(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    this.#memoryWatch = new MemoryWatch(pid, this.#launch.memoryMb, ({ peakMb }) => {
      this.#peakMb = Promise.resolve(Math.ceil(peakMb));
      const requestId = this.#invocation?.requestId ?? INIT_ID;
      this.#failure = outOfMemory(requestId);
      this.kill();
      this.#settle({ ok: false, failure: this.#failure });
    });
  }

  #spawn(address: string): void {
    const { command, arguments: args, taskRoot, temporary, variables } = this.#launch;
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    const child = spawn(command, args, {
      cwd: taskRoot,
      env: { ...variables, TMPDIR: temporary, AWS_LAMBDA_RUNTIME_API: address },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    this.#process = child;
    this.#exit = new Promise((resolve) => {
      const gone = (code: number | null, signal: string | null) => {
        this.#onExit(code, signal);
        void rm(temporary, { recursive: true, force: true })
          .catch(() => {})
          .then(resolve);
      };
      child.once('exit', gone);
      child.once('error', (error) => {
        this.#failure = invalidEntrypoint(INIT_ID, command);
        this.#events.line(this, INIT_ID, `Upstack could not start ${command}: ${error.message}`);
        if (child.pid === undefined) gone(1, null);
      });
    });
    if (child.pid !== undefined) this.#reaper.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      // A process that could not be started for want of descriptors has no streams.
      if (!stream) continue;
      const lines = new LineSplitter((line) => this.#events.line(this, this.#requestId, line));
      stream.on('data', (bytes: Buffer) => lines.push(bytes));
      stream.on('end', () => lines.flush());
      stream.on('error', () => {});
    }
    this.#watchMemory();
    this.#initTimer = setTimeout(() => {
      this.#failure = timedOut(INIT_ID, this.#clock.now(), LONGEST_INIT_MS / 1000);
      this.kill();
    }, LONGEST_INIT_MS);
  }

  #onReady(): void {
    if (!this.#asks || this.#ready || this.#over) return;
    clearTimeout(this.#initTimer);
    this.#memoryWatch?.stop();
    const now = this.#clock.monotonic();
    this.initMs ??= now - this.#startedAt;
    this.idleSince = now;
    this.#ready = true;
    if (!this.#killed) this.#events.idle(this);
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
    this.#memoryWatch?.stop();
    clearTimeout(invocation.timer);
    invocation.resolve({ outcome, durationMs: this.#clock.monotonic() - invocation.since });
  }

  #onExit(code: number | null, signal: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#ready = false;
    clearTimeout(this.#initTimer);
    this.#memoryWatch?.stop();
    this.#api.close();
    const pid = this.#process?.pid;
    if (pid !== undefined) {
      // What the function started must not stay behind either.
      killGroup(pid);
      this.#reaper.drop(pid);
    }
    const { requestId } = this.#invocation ?? {};
    if (requestId) this.#settle({ ok: false, failure: exited(requestId, code, signal) });
    const initFailure =
      this.initMs === undefined ? (this.#failure ?? exited(INIT_ID, code, signal)) : undefined;
    this.#events.ended(this, initFailure);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
