import type { LookView, MetricLook, RunSummary, RunView } from '../../experiments/schema.ts';
import { Problem } from '../../lib/problem.ts';
import { type Connection, call } from './client.ts';
import { boundsText, pointText } from './effect-text.ts';

const POLL_MS = 400;
/** How long the control room may be unreachable, such as while it restarts, before `follow` gives up. */
const MAX_OUTAGE_MS = 60_000;

const RETRY_MS = 500;
const MAX_WAIT_MS = 15 * 60_000;

/** A run as in the list of runs, plus its last look and its injections. */
type EndedRun = Omit<RunView, 'looks' | 'journal' | 'source'> & { lastLook: LookView | null };

/**
 * Starts a run. While another experiment is active on the function, waits at most 15 minutes, and says so once. Without
 * `queue`, throws `experiments.target-busy` instead.
 */
export async function begin(
  connection: Connection,
  source: string,
  {
    queue,
    tell = (line) => process.stderr.write(`${line}\n`),
  }: { queue: boolean; tell?: (line: string) => void },
): Promise<RunSummary> {
  const until = Date.now() + MAX_WAIT_MS;
  for (let told = false; ; told = true) {
    try {
      return await call(connection, 'startRun', { source });
    } catch (error) {
      const busy = error instanceof Problem && error.code === 'experiments.target-busy';
      if (!busy || !queue || Date.now() > until) throw error;
      if (!told) tell(`waiting: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Waits for a run's end, showing one progress line on a terminal. Survives a restart of the control room. */
export async function follow(connection: Connection, started: RunSummary, show: boolean): Promise<EndedRun> {
  let lastResponse = Date.now();
  for (;;) {
    try {
      const run = await call(connection, 'showRun', { runId: started.runId });
      lastResponse = Date.now();
      if (show) progress(line(run));
      if (run.status === 'ended') {
        if (show) progress('');
        return summary(run);
      }
    } catch (error) {
      const unreachable = error instanceof Problem && error.status === 503;
      if (!unreachable || Date.now() - lastResponse > MAX_OUTAGE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function summary({ looks, journal: _journal, source: _source, ...rest }: RunView): EndedRun {
  return { ...rest, lastLook: looks.at(-1) ?? null };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

function line(run: RunView): string {
  const seconds = Math.round((Date.now() - Date.parse(run.startedAt)) / 1000);
  const look = run.looks.at(-1);
  const goal = look?.metrics.find((metric) => metric.role === 'goal');
  const share = Math.min(1, (seconds * 1000) / run.maxDurationMs);
  const bar = '━'.repeat(Math.round(share * 20)).padEnd(20, '·');
  return `${run.experiment}  ${bar} ${seconds} s  ${goal ? describe(goal) : 'waiting for the first look'}`;
}

function describe(goal: MetricLook): string {
  return `${goal.metric} ${goal.scale} ${pointText(goal, 2)} in ${boundsText(goal, 2)}, margin ${goal.margin}`;
}
