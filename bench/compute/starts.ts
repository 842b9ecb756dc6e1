/** Cold starts: the first invocation of a new function, compared with the start of an empty process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../row.ts';
import { assertHello, HELLO, HELLO_PYTHON } from './account.ts';
import { Connection } from './connection.ts';
import { invocations } from './requests.ts';
import type { Language, Twin } from './servers/twin.ts';

/** Milliseconds. */
export interface Starts {
  coldMs: number;
  /** From a pre-warmed process. */
  preWarmedMs: number;
  /** The language's interpreter with an empty program. */
  emptyMs: number;
}

/** Pause before each start, so that the previous function is gone and pre-warmed processes are back. */
const SETTLE_MS = 300;

interface Program {
  hello: string;
  /** Start of a comment. */
  comment: string;
  empty: [command: string, ...args: string[]];
}

const PROGRAMS: Record<Language, Program> = {
  node: { hello: HELLO, comment: '//', empty: [process.execPath, '-e', '0'] },
  python: { hello: HELLO_PYTHON, comment: '#', empty: ['python3', '-c', 'pass'] },
};

/** The medians of one round; `bare` has no pre-warmed processes. */
export async function startRound(
  language: Language,
  twin: Twin,
  bare: Twin,
  starts: number,
): Promise<Starts> {
  const cold: number[] = [];
  const preWarmed: number[] = [];
  const empty: number[] = [];
  for (let i = 0; i < starts; i++) {
    await sleep(SETTLE_MS);
    empty.push(await emptyProcess(language));
    cold.push(await firstInvoke(language, bare));
    preWarmed.push(await firstInvoke(language, twin));
  }
  return { coldMs: median(cold), preWarmedMs: median(preWarmed), emptyMs: median(empty) };
}

async function emptyProcess(language: Language): Promise<number> {
  const [command, ...args] = PROGRAMS[language].empty;
  const from = performance.now();
  await once(spawn(command, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - from;
}

let made = 0;

async function firstInvoke(language: Language, twin: Twin): Promise<number> {
  const { hello, comment } = PROGRAMS[language];
  const name = `cold-${++made}`;
  // Each function has different code, so that caches keyed by digest do not help.
  await twin.deploy(name, `${hello}${comment} ${name}\n`, { language });
  const [request] = await invocations(twin.port, name, 1);
  const connection = await Connection.open(twin.port);
  await sleep(SETTLE_MS);
  const from = performance.now();
  const answer = await connection.exchange(request!);
  const took = performance.now() - from;
  connection.close();
  assertHello(answer);
  await twin.remove(name);
  return took;
}
