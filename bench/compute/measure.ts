/** Starts the servers, measures them in rounds, and always stops them. */
import { pythonPath } from '../../lambda/src/catalog/runtimes.ts';
import { PARKED_PROCESSES } from '../../lambda/src/limits.ts';
import { assertHello, HELLO, HELLO_PYTHON } from './account.ts';
import { Connection } from './connection.ts';
import { type Kills, killRound } from './kills.ts';
import { invocations } from './requests.ts';
import { PEER_FUNCTION, startPeer } from './servers/peer.ts';
import { type Served, serve } from './servers/served.ts';
import { startTwin, type Twin } from './servers/twin.ts';
import { type Starts, startRound } from './starts.ts';
import { firstPartMs } from './stream.ts';
import { latencies, type Subject, throughput, type Warm, warmRound } from './warm.ts';

export interface Size {
  rounds: number;
  /** Turns of each server per round. */
  turns: number;
  /** Requests per turn, at each concurrency. */
  requests: number;
  /** Cold starts per round. */
  starts: number;
  /** Timeouts per round. */
  kills: number;
}

export interface Round {
  /** By server: `raw`, `ours`, `python` where installed, and `peer` on request. */
  warm: Record<string, Warm>;
  starts: Starts;
  /** Node in sandboxes, where bubblewrap works. */
  sandboxed?: Starts;
  /** Python, where installed. */
  python?: Starts;
  /** Time to the first part of a streamed response. */
  firstPartMs: number;
  kills: Kills;
}

/** Turns before the first round, so that every process has compiled its hot code. */
const WARM_UP_TURNS = 10;

interface Twins {
  twin: Twin;
  /** Without pre-warmed processes. */
  bare: Twin;
}

type Progress = (text: string) => void;

export async function measure(size: Size, peers: boolean, progress: Progress): Promise<Round[]> {
  const running: Served[] = [];
  const run = async <Server extends Served>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    progress('starting');
    // A sandboxed function cannot write its mark file, so everything else is measured without a sandbox.
    const twin = await run(startTwin(PARKED_PROCESSES, { isolation: 'off' }));
    const bare = await run(startTwin(0, { isolation: 'off' }));
    const boxed = {
      twin: await run(startTwin(PARKED_PROCESSES, { isolation: 'auto' })),
      bare: await run(startTwin(0, { isolation: 'auto' })),
    };
    await twin.deploy('hello', HELLO);
    const requests = await invocations(twin.port, 'hello', size.requests);
    const ours = { port: twin.port, pid: twin.pid, requests };
    const raw = { ...(await run(serve('echo.ts'))), requests };
    const functions: Record<string, Subject> = { ours };
    if (pythonPath()) functions.python = await python(twin, size.requests);
    if (peers) functions.peer = await peer(await run(startPeer(progress)), size.requests);
    progress('warming up');
    for (const subject of Object.values(functions)) await assertAnswers(subject);
    const subjects = { raw, ...functions };
    for (const subject of Object.values(subjects)) {
      await latencies(subject, WARM_UP_TURNS * size.requests);
      await throughput(subject, WARM_UP_TURNS * size.requests);
    }
    return await rounds(subjects, { twin, bare, boxed }, size, progress);
  } finally {
    await Promise.all(running.map((server) => server.end()));
  }
}

async function peer({ port, pid }: Served, requests: number): Promise<Subject> {
  return { port, pid, requests: await invocations(port, PEER_FUNCTION, requests) };
}

async function python(twin: Twin, requests: number): Promise<Subject> {
  await twin.deploy('python', HELLO_PYTHON, { language: 'python' });
  return { port: twin.port, pid: twin.pid, requests: await invocations(twin.port, 'python', requests) };
}

async function assertAnswers({ port, requests }: Subject): Promise<void> {
  const connection = await Connection.open(port);
  const answer = await connection.exchange(requests[0]!);
  connection.close();
  assertHello(answer);
}

async function rounds(
  subjects: Record<string, Subject>,
  { twin, bare, boxed }: Twins & { boxed: Twins },
  size: Size,
  progress: Progress,
): Promise<Round[]> {
  const done: Round[] = [];
  for (let i = 1; i <= size.rounds; i++) {
    const say = (what: string) => progress(`round ${i} of ${size.rounds}: ${what}`);
    say('warm invocations');
    const warm = await warmRound(subjects, size);
    say('cold starts');
    const starts = await startRound('node', twin, bare, size.starts);
    const { isolation = 'none' } = boxed.twin;
    const sandboxed = isolation.startsWith('none')
      ? {}
      : { sandboxed: await startRound('node', boxed.twin, boxed.bare, size.starts) };
    const ofPython = subjects.python && { python: await startRound('python', twin, bare, size.starts) };
    say('streams');
    const firstPart = await firstPartMs(twin);
    say('timeouts');
    const kills = await killRound(twin, size.kills);
    done.push({ warm, starts, ...sandboxed, ...ofPython, firstPartMs: firstPart, kills });
  }
  return done;
}
