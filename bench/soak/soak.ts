/** The sustained load, with measurements before, during and after it. */
import { bodyOf, Connection } from '../compute/connection.ts';
import { invocations } from '../compute/requests.ts';
import { startTwin, type Twin } from '../compute/servers/twin.ts';
import { type Holdings, isChild, settledHoldings } from './holdings.ts';

export interface Size {
  invocations: number;
  /** Invocations per block; the latencies of the first and the last block are compared. */
  block: number;
  kills: number;
  timeouts: number;
}

export interface Block {
  p99Us: number;
  memory: { heapUsed: number; rss: number };
}

export interface Soaked {
  before: Holdings;
  after: Holdings;
  /** In order. */
  blocks: Block[];
  ends: { answered: number; killed: number; timedOut: number };
}

const CONCURRENCY = 4;
const PRE_WARMED = 2;
/** V8 sometimes doubles its young generation: those 13 MB look like a leak but are not one. */
const FLAGS = ['--max-semi-space-size=4'];
/** Returns its process id, or never returns. */
const CODE = 'export const handler = async ({ hang }) => { while (hang); return process.pid; };\n';
const NAME = 'soaked';
const WARM_UP = 200;
/** Requests per block, sent repeatedly: a signature is valid for 15 minutes. */
const REQUESTS = 500;

/** Throws when an invocation ends in an unexpected way. */
export async function soak(size: Size, progress: (text: string) => void): Promise<Soaked> {
  const twin = await startTwin(PRE_WARMED, { flags: FLAGS, isolation: 'off' });
  try {
    // The first function leaves one-time costs: pre-warmed processes, the client's connections, compiled code.
    await work(twin, { invocations: WARM_UP, block: WARM_UP, kills: 0, timeouts: 0 }, () => {});
    const before = await settledHoldings(twin.pid);
    const { blocks, ends } = await work(twin, size, progress);
    const after = await settledHoldings(twin.pid);
    return { before, after, blocks, ends };
  } finally {
    await twin.end();
  }
}

/** Creates a function, invokes it, deletes it. */
async function work(twin: Twin, size: Size, progress: (text: string) => void) {
  const blocks: Block[] = [];
  const ends = { answered: 0, killed: 0, timedOut: 0 };
  await twin.deploy(NAME, CODE, { timeoutSeconds: 1 });
  for (let done = 0; done < size.invocations; done += size.block) {
    progress(`${done} of ${size.invocations} invocations`);
    blocks.push(await workBlock(twin, size, ends));
  }
  await twin.remove(NAME);
  if (ends.timedOut < size.timeouts || ends.killed > size.kills) {
    const due = `expected ${size.timeouts} timeouts and at most ${size.kills} kills`;
    throw new Error(`${due}: ${JSON.stringify(ends)}`);
  }
  return { blocks, ends };
}

async function workBlock(twin: Twin, size: Size, ends: Soaked['ends']): Promise<Block> {
  const [hang] = await invocations(twin.port, NAME, 1, { hang: true });
  const requests = await invocations(twin.port, NAME, REQUESTS);
  const connections = await Promise.all(
    Array.from({ length: CONCURRENCY }, () => Connection.open(twin.port)),
  );
  const share = size.block / size.invocations;
  const due = new Schedule(size.block, { kill: size.kills * share, hang: size.timeouts * share });
  const times: number[] = [];
  await Promise.all(
    connections.map(async (connection) => {
      let pid = 0;
      for (let turn = due.next(); turn !== undefined; turn = due.next()) {
        if (turn.what === 'kill') killChild(twin, pid);
        const from = performance.now();
        const answer = bodyOf(
          await connection.exchange(turn.what === 'hang' ? hang! : requests[turn.i % REQUESTS]!),
        );
        if (turn.what !== 'hang') times.push((performance.now() - from) * 1_000);
        pid = count(answer, ends) ?? pid;
      }
    }),
  );
  for (const connection of connections) connection.close();
  times.sort((a, b) => a - b);
  const memory = (await twin.ask('memory')) as Block['memory'];
  return { p99Us: times[Math.floor(times.length * 0.99)]!, memory };
}

/** Kills the process that last answered on this connection; it may be running another invocation by now. */
function killChild(twin: Twin, pid: number): void {
  if (isChild(pid, twin.pid)) process.kill(pid, 'SIGKILL');
}

/** The id of the process that answered. Throws unless the invocation succeeded, was killed or timed out. */
function count(answer: string, ends: Soaked['ends']): number | undefined {
  if (/^\d+$/.test(answer)) {
    ends.answered++;
    return Number(answer);
  }
  if (/Runtime exited with error: signal: killed/.test(answer)) ends.killed++;
  else if (/Task timed out after 1\.00 seconds/.test(answer)) ends.timedOut++;
  else throw new Error(`unexpected response: ${answer}`);
  return undefined;
}

type Turn = { i: number; what: 'plain' | 'kill' | 'hang' };

/** Spreads the planned kills and timeouts evenly over the turns. */
class Schedule {
  #turns: number;
  #counts: Record<'kill' | 'hang', number>;
  #i = 0;

  constructor(turns: number, counts: Record<'kill' | 'hang', number>) {
    this.#turns = turns;
    this.#counts = counts;
  }

  next(): Turn | undefined {
    const i = this.#i++;
    if (i >= this.#turns) return undefined;
    const falls = (count: number, shift: number) => {
      const at = (turn: number) => Math.floor(((turn + shift) * count) / this.#turns);
      return at(i + 1) > at(i);
    };
    if (falls(this.#counts.hang, 0)) return { i, what: 'hang' };
    return {
      i,
      what: falls(this.#counts.kill, this.#turns / 2 / Math.max(this.#counts.kill, 1)) ? 'kill' : 'plain',
    };
  }
}
