/** Cold starts: the first invocation of a function that was never invoked, beside the start of an empty Node process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../row.ts';
import { HELLO, HELLO_ANSWER } from './account.ts';
import { bodyOf, Connection } from './connection.ts';
import { invocations } from './requests.ts';
import type { Twin } from './twin.ts';

/** Milliseconds. */
export interface Starts {
  coldMs: number;
  /** With a process that was booted in advance. */
  parkedMs: number;
  nodeMs: number;
}

/** Before each start: the one before is deleted and gone, and what starts in advance can be there. */
const SETTLE_MS = 300;

/** The medians of one round; `bare` boots nothing in advance. */
export async function startRound(twin: Twin, bare: Twin, starts: number): Promise<Starts> {
  const cold: number[] = [];
  const parked: number[] = [];
  const node: number[] = [];
  for (let i = 0; i < starts; i++) {
    await sleep(SETTLE_MS);
    node.push(await emptyNode());
    cold.push(await firstInvoke(bare));
    parked.push(await firstInvoke(twin));
  }
  return { coldMs: median(cold), parkedMs: median(parked), nodeMs: median(node) };
}

async function emptyNode(): Promise<number> {
  const from = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - from;
}

let made = 0;

async function firstInvoke(twin: Twin): Promise<number> {
  const name = `cold-${++made}`;
  // The code of each is another one, so that nothing that is kept by its digest helps.
  await twin.deploy(name, `${HELLO}// ${name}\n`);
  const [request] = await invocations(twin.port, name, 1);
  const connection = await Connection.open(twin.port);
  await sleep(SETTLE_MS);
  const from = performance.now();
  const answer = await connection.exchange(request!);
  const took = performance.now() - from;
  connection.close();
  if (bodyOf(answer) !== HELLO_ANSWER) throw new Error(`a cold start failed: ${bodyOf(answer)}`);
  await twin.remove(name);
  return took;
}
