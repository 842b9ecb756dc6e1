import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { isExecutable } from './executable.ts';
import type { Generic, Launch } from './launch.ts';
import { LineSplitter } from './lines.ts';
import { childOf } from './process-tree.ts';
import type { Reaper } from './reaper.ts';
import { endOf, LAYERS_ROOT, type Program, TASK_ROOT } from './sandbox/isolation.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Slot, Tree } from './slot.ts';

export interface ProcessEvents {
  line(line: string): void;
  /** There is no such program, or it may not be run. `exited` follows. */
  missing(error: Error): void;
  /** It has ended, and what it started has been killed. */
  exited(code: number | null, signal: string | null): void;
}

/** What processes are started with. */
export interface How {
  reaper: Reaper;
  /** Makes a sandbox around each; undefined where there are none. */
  sandbox: Sandbox | undefined;
}

/** What a process that boots without a function sees. Language and time zone are those of a function that names none. */
const BARE = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'en_US.UTF-8', TZ: ':UTC' };

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
  #sandboxed: boolean;
  #slot: Slot | undefined;
  #events: ProcessEvents | undefined;
  #exit: { code: number | null; signal: string | null } | undefined;

  private constructor(child: ChildProcess, reaper: Reaper, sandboxed: boolean, slot?: Slot) {
    this.#child = child;
    this.#reaper = reaper;
    this.#sandboxed = sandboxed;
    this.#slot = slot;
    // A process that could not be started for want of descriptors has no streams, whatever the types say.
    this.channel = (child.stdio?.[3] ?? undefined) as Duplex as Socket | undefined;
    this.channel?.on('error', () => {});
    if (child.pid !== undefined) reaper.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      const lines = new LineSplitter((line) => this.#events?.line(line));
      stream.on('data', (bytes: Buffer) => lines.push(bytes));
      stream.on('end', () => lines.flush());
      stream.on('error', () => {});
    }
    this.gone = new Promise((resolve) => {
      const gone = (code: number | null, signal: string | null) => {
        this.#onExit(code, signal);
        void this.#removeSlot().then(resolve);
      };
      child.once('exit', gone);
      child.once('error', (error) => {
        this.#events?.missing(error);
        if (child.pid === undefined) gone(1, null);
      });
    });
  }

  /** Starts a process for one function. Throws MissingProgram where its package has none to start. */
  static start(launch: Launch, address: string, how: How, events: ProcessEvents): EnvironmentProcess {
    const sandbox = launch.sandboxed ? how.sandbox : undefined;
    const variables = variablesOf(launch, address, sandbox !== undefined);
    const { codeDirectory: task, layersRoot: layers, storageMb, channel } = launch;
    let program: Spawned = { ...launch, variables };
    if (sandbox) {
      requireProgram(launch);
      program = sandbox.around({ task, layers, storageMb }, launch, variables);
    } else mkdirSync(launch.temporary, { recursive: true, mode: 0o700 });
    const child = start(program, sandbox ? '/' : task, channel);
    const started = new EnvironmentProcess(child, how.reaper, sandbox !== undefined);
    started.#become(launch, variables, events);
    return started;
  }

  /** Boots our runtime client without a function; `become` gives it one. A sandbox needs the slot for it. */
  static park(generic: Generic, { reaper, sandbox }: How, slot?: Slot): EnvironmentProcess {
    const bare = { ...generic, variables: BARE };
    if (!sandbox || !slot) return new EnvironmentProcess(start(bare, '/', true), reaper, false);
    const contents = { task: slot.directory, layers: undefined, storageMb: generic.storageMb };
    const program = sandbox.around(contents, generic, BARE);
    return new EnvironmentProcess(start(program, '/', true), reaper, true, slot);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#exit === undefined;
  }

  /** The process that runs the function's code; in a sandbox it is not the one that leads the group. */
  runtimePid(): number | undefined {
    if (!this.#sandboxed || this.pid === undefined) return this.pid;
    const first = childOf(this.pid);
    return first === undefined ? undefined : childOf(first);
  }

  /** Turns a parked process into the execution environment of a function; `code` is for one in a sandbox. */
  become(launch: Launch, address: string, code: Tree | undefined, events: ProcessEvents): void {
    if (code) this.#slot?.fill(code);
    else mkdirSync(launch.temporary, { recursive: true, mode: 0o700 });
    this.#become(launch, variablesOf(launch, address, this.#sandboxed), events);
  }

  /** Kills all its processes at once. `exited` follows. */
  kill(): void {
    if (this.pid === undefined || !this.alive) return;
    const first = this.#sandboxed ? childOf(this.pid) : undefined;
    // With the first process of a sandbox end all others; its parent sees that they are gone, unless it is frozen.
    if (first !== undefined) signal(first, 'SIGKILL');
    signalGroup(this.pid, first === undefined ? 'SIGKILL' : 'SIGCONT');
  }

  /** Asks it to end by itself. */
  terminate(): void {
    if (this.pid === undefined || !this.alive) return;
    // Bubblewrap would take the signal for itself, and its sandbox with it.
    const runtime = this.#sandboxed ? this.runtimePid() : undefined;
    if (runtime === undefined) signalGroup(this.pid, 'SIGTERM');
    else signal(runtime, 'SIGTERM');
  }

  /** Lets none of its threads run until `thaw`; it can be killed meanwhile. */
  freeze(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.pid !== undefined && this.alive) signalGroup(this.pid, 'SIGCONT');
  }

  #become(launch: Launch, variables: Record<string, string>, events: ProcessEvents): void {
    this.#events = events;
    this.channel?.write(`${JSON.stringify({ directory: launch.taskRoot, variables })}\n`);
  }

  #onExit(code: number | null, signal: string | null): void {
    if (this.#exit) return;
    this.#exit = this.#sandboxed ? endOf(code, signal) : { code, signal };
    this.channel?.destroy();
    if (this.pid !== undefined) {
      // What the function started must not stay behind either.
      signalGroup(this.pid, 'SIGKILL');
      this.#reaper.drop(this.pid);
    }
    this.#events?.exited(this.#exit.code, this.#exit.signal);
  }

  async #removeSlot(): Promise<void> {
    if (this.#slot) await rm(this.#slot.directory, { recursive: true, force: true }).catch(() => {});
  }
}

type Spawned = Program & { variables: Record<string, string> };

function start(program: Spawned, directory: string, channel: boolean): ChildProcess {
  return spawn(program.command, program.arguments, {
    cwd: directory,
    env: program.variables,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['pipe'] as const) : [])],
    detached: process.platform !== 'win32',
  });
}

/** There is no such program, or it may not be run. */
export class MissingProgram extends Error {
  constructor(command: string) {
    super(`there is no executable file ${command}`);
    this.name = 'MissingProgram';
  }
}

/** Bubblewrap could only say in the function's log that there is none. */
function requireProgram({ command, codeDirectory, layersRoot = '' }: Launch): void {
  const roots = [
    [`${TASK_ROOT}/`, codeDirectory],
    [`${LAYERS_ROOT}/`, layersRoot],
  ] as const;
  for (const [root, directory] of roots) {
    if (!command.startsWith(root) || isExecutable(join(directory, command.slice(root.length)))) continue;
    throw new MissingProgram(command);
  }
}

type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

function variablesOf({ variables, temporary }: Launch, address: string, sandboxed: boolean) {
  const own = sandboxed ? {} : { TMPDIR: temporary };
  return { ...variables, ...own, AWS_LAMBDA_RUNTIME_API: address };
}

function signalGroup(pid: number, name: Signal): void {
  signal(process.platform === 'win32' ? pid : -pid, name);
}

function signal(pid: number, name: Signal): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
