/** The demo: the example shop deployed, 90 days of generated history, simulated shoppers, and its three experiments. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as othersTurn, setTimeout as pause } from 'node:timers/promises';
import { deployShop } from '../../examples/shop/deploy.ts';
import { generateHistory } from '../../examples/shop/history.ts';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { call } from '../doors/cli/client.ts';
import { begin, follow } from '../doors/cli/follow.ts';
import { insertDirectly } from '../signals/delivery/store.ts';
import { decodeMessage } from '../signals/product-events/message.ts';
import { hasDemoHistory } from '../signals/product-events/queries.ts';
import type { SignalRecord } from '../signals/tables.ts';
import type { Config } from './config.ts';
import type { ControlRoom } from './control-room.ts';
import { evidenceDirectory, functionEnvironment } from './deploy-target.ts';

const SHOP = resolve(import.meta.dirname, '../..', 'examples', 'shop');
/** In this order: one that is supported, one that is refuted, one that is aborted. */
const EXPERIMENTS = ['recommendations-slow', 'payments-slow', 'payments-failing'];
const SEED = 7;
/** The shoppers inside get two seconds to finish. */
const MAX_STOP_MS = 4_000;
/** The shop is busy and its functions are warm after this time. */
const WARM_UP_MS = 8_000;

export interface Demo {
  /** What to look at and try, for people. */
  hints: string[];
  /** Loads the history, lets the shoppers in and runs the experiments. */
  begin(): void;
  stop(): Promise<void>;
}

/** Deploys the shop on a control room that runs; `say` prints a line for people. */
export async function openDemo(
  config: Config,
  room: ControlRoom,
  say: (line: string) => void,
): Promise<Demo> {
  const { storefrontUrl } = await deployShop({
    compute: room.compute,
    environment: functionEnvironment(room.url, room.keys),
    evidence: evidenceDirectory(config.directory),
  });
  const closing = new AbortController();
  let shoppers: Shoppers | undefined;
  return {
    hints: [
      `shop       ${storefrontUrl}`,
      'try        npx upstack experiment run examples/shop/experiments/payments-slow.yaml',
      '           npx upstack top   ·   npx upstack retention   ·   eval "$(npx upstack env)"',
      '',
    ],
    begin() {
      loadHistory(room).catch((error) => complain('the history was not loaded', error));
      shoppers = new Shoppers(storefrontUrl, config.demoRate);
      if (config.demoExperiments) void runExperiments(room, closing.signal, say);
    },
    async stop() {
      closing.abort();
      await shoppers?.stop();
    },
  };
}

function complain(what: string, error: unknown): void {
  process.stderr.write(`upstack: ${what}: ${(error as Error).message}\n`);
}

/**
 * Loads the generated history, marked as demo data, unless it is there. It goes straight into the events engine: in the
 * spool the signals of now would have to wait behind it.
 */
async function loadHistory({ events }: ControlRoom): Promise<void> {
  if (await hasDemoHistory(events, DEFAULT_ENVIRONMENT)) return;
  const endMs = Date.now();
  const records: SignalRecord[] = [];
  for (const batch of generateHistory({ seed: SEED, endMs })) {
    for (const message of batch) records.push(...historyRecords(message));
    // Whoever looks at the dashboard meanwhile must not have to wait for it.
    await othersTurn();
  }
  await insertDirectly(events, records, `history-${endMs}`);
}

/** A message of the past counts as received when it happened: that is not late. */
function historyRecords(message: { messageId: string; timestamp: string }): SignalRecord[] {
  const receipt = { receivedMs: Date.parse(message.timestamp), newMessageId: () => message.messageId };
  const decoded = decodeMessage(message, { ...receipt, origin: {} });
  return 'records' in decoded ? decoded.records : [];
}

/** Runs the shop's experiments one after the other, through the API, once in the life of a data directory. */
async function runExperiments(
  { url, keys }: ControlRoom,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const connection = { url, token: keys.token };
  try {
    const { runs } = await call(connection, 'listRuns', {});
    if (runs.length > 0) return;
    await pause(WARM_UP_MS, undefined, { signal });
    for (const name of EXPERIMENTS) {
      const source = await readFile(join(SHOP, 'experiments', `${name}.yaml`), 'utf8');
      const ended = await follow(
        connection,
        await begin(connection, source, { queue: true, tell() {} }),
        false,
      );
      if (signal.aborted) return;
      const outcome = ended.decision === 'abort' ? 'aborted' : ended.verdict;
      say(`  ${name}: ${outcome}  ${url}/experiments/${ended.runId}`);
    }
  } catch (error) {
    if (!signal.aborted) complain("the demo's experiments stopped", error);
  }
}

/** The simulated shoppers as a process of their own, started again if it ends. */
class Shoppers {
  #line: string[];
  #process: ChildProcess | undefined;
  #stopping = false;

  constructor(storefrontUrl: string, rate: number) {
    this.#line = [join(SHOP, 'shoppers', 'main.ts'), '--storefront', storefrontUrl, '--rate', String(rate)];
    this.#start();
  }

  #start(): void {
    const child = spawn(process.execPath, this.#line, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = child;
    child.once('error', (error) => complain('the shoppers did not start', error));
    child.once('exit', () => {
      if (!this.#stopping) setTimeout(() => this.#stopping || this.#start(), 1_000).unref();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), MAX_STOP_MS);
    await ended;
    clearTimeout(force);
  }
}
