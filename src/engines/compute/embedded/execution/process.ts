import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Launch } from './launch.ts';
import { LineSplitter } from './lines.ts';
import type { Reaper } from './reaper.ts';

export interface ProcessEvents {
  line(line: string): void;
  /** There is no such program, or it may not be run. `exited` follows. */
  missing(error: Error): void;
  /** It has ended, and what it started has been killed. */
  exited(code: number | null, signal: string | null): void;
}

/** A process that boots without a function does not see more of the control room's environment than this. */
const BARE = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/**
 * The process of one execution environment, in a process group of its own. Our own runtime client has a channel to the
 * control room, a socket pair at descriptor 3: the first line on it says what to run, then it carries the Runtime API.
 * So such a process can be booted before it is known for which function it will be.
 */
export class EnvironmentProcess {
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  readonly channel: Socket | undefined;
  #child: ChildProcess;
  #reaper: Reaper;
  #events: ProcessEvents | undefined;
  #exit: { code: number | null; signal: string | null } | undefined;

  private constructor(child: ChildProcess, reaper: Reaper) {
    this.#child = child;
    this.#reaper = reaper;
    this.channel = (child.stdio[3] ?? undefined) as Duplex as Socket | undefined;
    this.channel?.on('error', () => {});
    if (child.pid !== undefined) reaper.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      // A process that could not be started for want of descriptors has no streams.
      if (!stream) continue;
      const lines = new LineSplitter((line) => this.#events?.line(line));
      stream.on('data', (bytes: Buffer) => lines.push(bytes));
      stream.on('end', () => lines.flush());
      stream.on('error', () => {});
    }
    this.gone = new Promise((resolve) => {
      const gone = (code: number | null, signal: string | null) => {
        this.#onExit(code, signal);
        resolve();
      };
      child.once('exit', gone);
      child.once('error', (error) => {
        this.#events?.missing(error);
        if (child.pid === undefined) gone(1, null);
      });
    });
  }

  /** Starts a process for one function. */
  static start(launch: Launch, address: string, reaper: Reaper, events: ProcessEvents): EnvironmentProcess {
    const { command, taskRoot, temporary } = launch;
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    const variables = variablesOf(launch, address);
    const child = start(command, launch.arguments, variables, taskRoot, launch.channel);
    const started = new EnvironmentProcess(child, reaper);
    started.#become(launch, address, events);
    return started;
  }

  /** Boots our runtime client without a function; `become` gives it one. */
  static park(program: Pick<Launch, 'command' | 'arguments'>, reaper: Reaper): EnvironmentProcess {
    return new EnvironmentProcess(start(program.command, program.arguments, BARE, '/', true), reaper);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#exit === undefined;
  }

  /** Turns a parked process into the execution environment of a function. */
  become(launch: Launch, address: string, events: ProcessEvents): void {
    mkdirSync(launch.temporary, { recursive: true, mode: 0o700 });
    this.#become(launch, address, events);
  }

  /** Kills the whole process group at once. `exited` follows. */
  kill(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGKILL');
  }

  /** Asks it to end by itself. */
  terminate(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGTERM');
  }

  /** Lets none of its threads run until `thaw`; it can be killed meanwhile. */
  freeze(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGCONT');
  }

  #become(launch: Launch, address: string, events: ProcessEvents): void {
    this.#events = events;
    const variables = variablesOf(launch, address);
    this.channel?.write(`${JSON.stringify({ directory: launch.taskRoot, variables })}\n`);
  }

  #onExit(code: number | null, signal: string | null): void {
    if (this.#exit) return;
    this.#exit = { code, signal };
    this.channel?.destroy();
    if (this.pid !== undefined) {
      // What the function started must not stay behind either.
      signalGroup(this.pid, 'SIGKILL');
      this.#reaper.drop(this.pid);
    }
    this.#events?.exited(code, signal);
  }
}

function start(
  command: string,
  args: string[],
  variables: Record<string, string>,
  directory: string,
  channel: boolean,
): ChildProcess {
  return spawn(command, args, {
    cwd: directory,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['pipe'] as const) : [])],
    detached: process.platform !== 'win32',
  });
}

function variablesOf({ variables, temporary }: Launch, address: string): Record<string, string> {
  return { ...variables, TMPDIR: temporary, AWS_LAMBDA_RUNTIME_API: address };
}

function signalGroup(pid: number, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It is gone already.
  }
}
