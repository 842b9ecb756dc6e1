import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CREDENTIALS, REGION } from '../support/twin.ts';
import {
  type Command,
  caller,
  GRANTED,
  openTwinForCalls,
  operationNameOf,
  REFUSED,
} from '../tables/calls.ts';

/** How a call ended. */
export interface CallOutcome {
  operation: string;
  /** `granted`, the code of the error, `client` when the client did not send it, `unknown` when it has no such operation. */
  outcome: string;
  /** Of HTTP; null when nothing was sent. */
  status: number | null;
  /** In which the answer differs from the client's model of AWS. */
  faults: string[];
}

export interface PythonOutcome {
  /** Name and version. */
  client: string;
  /** The client's model is of today; an older one does not know every operation. */
  current: boolean;
  outcomes: CallOutcome[];
}

/** Debian installs its packages for its own Python, which need not be the first one in the PATH. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** A Python that can import the module; undefined where there is none. */
export function pythonWith(module: string): string | undefined {
  return PYTHONS.find((python) => {
    try {
      execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  });
}

/** Makes every call of `compute-calls.ts` with a Python program of this directory against a twin of its own. */
export async function callByPython(python: string, program: string): Promise<PythonOutcome> {
  const twin = await openTwinForCalls();
  const directory = await mkdtemp(join(tmpdir(), 'upstack-python-'));
  try {
    const calls = [...callsOf(GRANTED, true), ...callsOf(REFUSED, false)];
    const task = { endpoint: twin.endpoint, region: REGION, ...CREDENTIALS, directory, calls };
    // No compiled files beside the sources.
    const child = spawn(python, ['-B', join(import.meta.dirname, program)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH ?? '', NO_PROXY: '127.0.0.1' },
    });
    const exit = once(child, 'exit');
    child.stdin.end(JSON.stringify(task));
    const output = await text(child.stdout);
    const [code] = await exit;
    if (code !== 0) throw new Error(`${program} ended with ${code}`);
    return JSON.parse(output);
  } finally {
    await rm(directory, { recursive: true });
    await twin.close();
  }
}

/** The same calls by the SDK for JavaScript, against another twin. */
export async function callBySdk(): Promise<Pick<CallOutcome, 'operation' | 'outcome' | 'status'>[]> {
  const twin = await openTwinForCalls();
  try {
    const outcomes = [];
    const call = caller(twin.client);
    for (const command of [...GRANTED, ...REFUSED]) {
      const { outcome, status } = await call(command).then(
        ({ $metadata }) => ({ outcome: 'granted', status: $metadata.httpStatusCode ?? null }),
        (error) => ({ outcome: error.name, status: error.$metadata.httpStatusCode }),
      );
      outcomes.push({ operation: operationNameOf(command), outcome, status });
    }
    return outcomes;
  } finally {
    await twin.close();
  }
}

function callsOf(commands: Command[], granted: boolean) {
  return commands.map((command) => {
    return { operation: operationNameOf(command), input: withBase64(command.input), granted };
  });
}

/** JSON has no bytes: they become `{ base64 }`. */
function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(withBase64);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withBase64(member)]));
}
