/** Starts real control rooms and real commands for the scenarios, and leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Answer, call, type Input, type OperationName } from '../../src/doors/cli/client.ts';
import { until } from '../until.ts';

const MAIN = resolve(import.meta.dirname, '../../src/compose/main.ts');
const START_DEADLINE_MS = 60_000;

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export class ControlRoom {
  readonly directory: string;
  #options: string[];
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  url = '';
  env: Record<string, string> = {};
  output = '';
  /** From the last start of the process until it was ready. */
  readyMs = Number.NaN;

  private constructor(directory: string, options: string[]) {
    this.directory = directory;
    this.#options = options;
  }

  /** Starts one on a new data directory and any free port; resolves when it is ready. */
  static async start(...options: string[]): Promise<ControlRoom> {
    const directory = await mkdtemp(join(tmpdir(), 'upstack-scenario-'));
    const room = new ControlRoom(directory, options);
    await room.startAgain();
    return room;
  }

  /** Starts the process (again) on the same data directory. */
  async startAgain(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const since = performance.now();
    const child = spawn(
      process.execPath,
      [MAIN, 'start', '--port', port, '--data', this.directory, ...this.#options],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process = child;
    this.#ended = new Promise((done) => child.once('exit', () => done()));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.output += data;
      });
    }
    await until(`ready control room\n${this.output}`, () => this.#ready(child), START_DEADLINE_MS).catch(
      (error) => {
        throw new Error(`${error.message}\n${this.output}`, { cause: error });
      },
    );
    this.readyMs = Math.round(performance.now() - since);
    this.env = JSON.parse((await this.upstack('env', '--data', this.directory, '--json')).stdout);
  }

  async #ready(child: ChildProcess): Promise<boolean> {
    if (child.exitCode !== null) throw new Error('the control room ended');
    const instance = JSON.parse(await readFile(join(this.directory, 'control-room.json'), 'utf8'));
    if (instance.pid !== child.pid || instance.url === '') return false;
    this.url = instance.url;
    return (await fetch(`${this.url}/readyz`)).ok;
  }

  get pid(): number {
    return this.#process?.pid as number;
  }

  get running(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** Ends the process and waits until it is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#process?.kill(signal);
    await this.#ended;
  }

  /** Calls the API with the token. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${this.env.UPSTACK_TOKEN}`,
      ...(init.headers as Record<string, string>),
    };
    return fetch(new URL(path, this.url), { ...init, headers });
  }

  /** Calls an operation by its name, with the token. */
  call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Answer<Name>> {
    return call({ url: this.url, token: this.env.UPSTACK_TOKEN ?? '' }, name, input);
  }

  /** Runs `upstack …` with the environment that `upstack env` prints. */
  upstack(...line: string[]): Promise<Outcome> {
    return run(process.execPath, [MAIN, ...line], { ...process.env, ...this.env });
  }

  async stop(): Promise<void> {
    if (this.running) await this.kill('SIGTERM');
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Runs a command to its end. */
export function run(command: string, line: string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((done, failed) => {
    const child = spawn(command, line, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const outcome = { code: -1, stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      outcome.stdout += data;
    });
    child.stderr.on('data', (data) => {
      outcome.stderr += data;
    });
    child.once('error', failed);
    child.once('close', (code) => done({ ...outcome, code: code ?? -1 }));
  });
}
