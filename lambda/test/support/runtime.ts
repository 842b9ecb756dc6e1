import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { systemClock } from '../../src/clock.ts';
import { BusyPoll } from '../../src/invocations/busy-poll.ts';
import { silentLog } from '../../src/log.ts';
import type { FunctionLogLine, InvocationReport } from '../../src/ports.ts';
import { EmbeddedRuntime, type EmbeddedRuntimeOptions } from '../../src/runtime.ts';

const ROLE = 'arn:aws:iam::000000000000:role/upstack';
export const FUNCTIONS = '/2015-03-31/functions';
const root = await mkdtemp(join(tmpdir(), 'upstack-runtime-'));
let opened = 0;
const runtimes: EmbeddedRuntime[] = [];
after(async () => {
  // A test that failed midway leaves its runtime open.
  for (const runtime of runtimes) await runtime.close();
  await rm(root, { recursive: true });
});

/** It does not exist yet, and is removed when the tests of the file have ended. */
export function newDirectory(): string {
  return join(root, String(opened++));
}

/** A twin of its own, called as the Lambda API is. */
export class Fixture {
  readonly directory: string;
  readonly reports: InvocationReport[] = [];
  readonly lines: FunctionLogLine[] = [];
  runtime!: EmbeddedRuntime;

  constructor(directory = newDirectory()) {
    this.directory = directory;
  }

  async open(options: Partial<EmbeddedRuntimeOptions> = {}): Promise<this> {
    this.runtime = await EmbeddedRuntime.open({
      directory: this.directory,
      region: 'eu-west-1',
      accountId: '000000000000',
      functionUrl: (id) => `http://${id}.lambda-url.localhost:4700/`,
      onInvocation: (report) => this.reports.push(report),
      onLog: (line) => this.lines.push(line),
      clock: systemClock,
      log: silentLog,
      busyPoll: new BusyPoll(),
      ...options,
    });
    runtimes.push(this.runtime);
    return this;
  }

  async call(method: string, target: string, body?: unknown, headers: Record<string, string> = {}) {
    const [path = '', query = ''] = target.split('?');
    const bytes = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
    const request = { method, path, query: new URLSearchParams(query), headers, body: bytes };
    const answer = await this.runtime.api(request);
    const text = Buffer.from(answer.body).toString('utf8');
    return { ...answer, value: text === '' ? undefined : JSON.parse(text) };
  }

  async make(name: string, code: string, more: object = {}): Promise<void> {
    const answer = await this.call('POST', FUNCTIONS, {
      FunctionName: name,
      Role: ROLE,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 10,
      Code: { ZipFile: zipOf(code) },
      ...more,
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.value));
  }

  invoke(name: string, payload: unknown = {}, headers: Record<string, string> = {}) {
    return this.call('POST', `${FUNCTIONS}/${name}/invocations`, payload, headers);
  }
}

/** A package of one file, in base64. */
export function zipOf(code: string, name = 'index.js'): string {
  return zipOfAll({ [name]: code });
}

export function zipOfAll(files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]): [string, [Uint8Array, object]] => {
    // Unix and executable, as `zip` writes a bootstrap.
    return [name, [strToU8(text), { os: 3, attrs: 0o755 << 16 }]];
  });
  return Buffer.from(zipSync(Object.fromEntries(entries))).toString('base64');
}
