/** Timeouts of a function that blocks its process and has a child process: delay of the response and of the processes' end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../row.ts';
import { bodyOf, Connection } from './connection.ts';
import { invocations } from './requests.ts';
import type { Twin } from './servers/twin.ts';

/** Milliseconds after the deadline. */
export interface Kills {
  answerMs: number;
  goneMs: number;
}

/** Records its deadline and both process ids, then never returns. */
const STUCK = `import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
export const handler = async (event, context) => {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' });
  const deadlineMs = Date.now() + context.getRemainingTimeInMillis();
  writeFileSync(process.env.MARK + '.new', JSON.stringify({ deadlineMs, pids: [process.pid, child.pid] }));
  renameSync(process.env.MARK + '.new', process.env.MARK);
  for (;;);
};
`;
const TIMEOUT_SECONDS = 1;
const MAX_DELAY_MS = 2_000;

/** The medians of one round. */
export async function killRound(twin: Twin, kills: number): Promise<Kills> {
  const answers: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < kills; i++) {
    const { answerMs, goneMs } = await kill(twin);
    answers.push(answerMs);
    ends.push(goneMs);
  }
  return { answerMs: median(answers), goneMs: median(ends) };
}

let made = 0;

async function kill(twin: Twin): Promise<Kills> {
  const name = `stuck-${++made}`;
  const mark = join(twin.directory, `${name}.mark`);
  await twin.deploy(name, STUCK, { timeoutSeconds: TIMEOUT_SECONDS, environment: { MARK: mark } });
  const [request] = await invocations(twin.port, name, 1);
  const connection = await Connection.open(twin.port);
  const answered = connection.exchange(request!).then((answer) => ({ answer, atMs: nowMs() }));
  const { deadlineMs, pids } = await marked(mark);
  const [{ answer, atMs }, goneMs] = await Promise.all([answered, gone(pids, deadlineMs)]);
  connection.close();
  if (!bodyOf(answer).includes('timed out')) throw new Error(`no timeout: ${bodyOf(answer)}`);
  await twin.remove(name);
  return { answerMs: atMs - deadlineMs, goneMs: goneMs - deadlineMs };
}

/** Epoch milliseconds with a fraction. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

async function marked(file: string): Promise<{ deadlineMs: number; pids: number[] }> {
  for (const until = nowMs() + MAX_DELAY_MS; nowMs() < until; await sleep(20)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      // Not written yet.
    }
  }
  throw new Error('the blocking function did not start');
}

/** Time at which the last process was gone, in epoch milliseconds; polled every millisecond from the deadline on. */
async function gone(pids: number[], deadlineMs: number): Promise<number> {
  await sleep(deadlineMs - nowMs() - 5);
  while (pids.some(isAlive)) {
    if (nowMs() > deadlineMs + MAX_DELAY_MS) throw new Error('a function outlived its timeout');
    await sleep(1);
  }
  return nowMs();
}

/** A zombie counts as gone: it runs nothing and holds nothing. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Outside Linux there is no /proc: reading it fails, but the signal proves that the process exists.
    return process.platform !== 'linux' && (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
