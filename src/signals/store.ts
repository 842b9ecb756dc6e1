import { randomUUID } from 'node:crypto';
import type { FunctionLogLine, InvocationReport } from '../engines/compute/engine.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Frame } from '../lib/spool/frame.ts';
import { Spool, SpoolFullError } from '../lib/spool/spool.ts';
import { doneWithin } from '../lib/within.ts';
import { encodePayload } from './delivery/payload.ts';
import { type DeliveredSegment, Delivery } from './delivery/worker.ts';
import { environmentOf, functionEnvironment } from './environment.ts';
import { decodeFunctionLine } from './function-line.ts';
import { invocationRow } from './invocations/row.ts';
import { problem } from './problems.ts';
import { Progress } from './progress.ts';
import { Rate } from './rate.ts';
import type { SignalRecord, TableName } from './tables.ts';

export interface SignalsOptions {
  events: EventsEngine;
  /** Where the spool keeps what is not in the events engine yet. */
  directory: string;
  clock: Clock;
  log: Log;
  /** Limit of the spool; 256 MB unless told. */
  maxBytes?: number;
}

export interface SignalsLag {
  /** Records that are accepted and not queryable yet. */
  waiting: number;
  /** Age of the oldest of them, milliseconds; 0 when there is none. */
  lagMs: number;
  /** Accepted records per second over the last ten seconds. */
  acceptedPerSecond: number;
  /** Records since the start that were accepted and then refused by the events engine for good. They are put aside. */
  refused: number;
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const SEAL_AFTER_MS = 150;
const SEAL_BYTES = 4 * 1024 * 1024;
const SEAL_RECORDS = 4_000;
/** Larger appends are cut into frames of this many records, and yield to the event loop in between. */
const FRAME_RECORDS = 500;
/** How long `close` tries to bring the rest into the events engine, milliseconds. */
const MAX_CLOSE_MS = 3_000;

/**
 * The one way of signals into the events engine: appended to an fsynced spool, then delivered segment by segment
 * (`delivery/worker.ts`), exactly once.
 */
export class Signals {
  #spool: Spool;
  #options: SignalsOptions;
  #rate: Rate;
  #progress: Progress;
  #delivery: Delivery;
  #closed = false;
  #refused = 0;
  #rejected = 0;
  #listeners = new Set<(tables: ReadonlySet<TableName>) => void>();

  private constructor(spool: Spool, options: SignalsOptions) {
    const { events, log, clock } = options;
    this.#spool = spool;
    this.#options = options;
    this.#rate = new Rate(clock);
    this.#progress = new Progress(spool.records);
    this.#delivery = new Delivery({ spool, events, log, delivered: (segment) => this.#delivered(segment) });
  }

  /** Opens the spool and begins to send what a previous process left in it. */
  static async open(options: SignalsOptions): Promise<Signals> {
    const spool = await Spool.open({
      directory: options.directory,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      sealAfterMs: SEAL_AFTER_MS,
      sealBytes: SEAL_BYTES,
      sealRecords: SEAL_RECORDS,
    });
    return new Signals(spool, options);
  }

  /**
   * Resolves when the records are on disk: from then on they reach the events engine exactly once. Throws
   * `signals.spool-full` and `signals.not-stored` (503); then nothing of them counts as stored.
   */
  async append(records: readonly SignalRecord[]): Promise<void> {
    try {
      await this.#store(records);
    } catch (error) {
      this.#rejected++;
      throw error;
    }
  }

  /** Keeps a line that a function or an extension wrote: telemetry of the SDK decoded, any other as a log line. */
  functionLine(line: FunctionLogLine): void {
    const { records, reasons } = decodeFunctionLine(line, randomUUID);
    if (reasons.length > 0) this.#refuse(line.functionName, reasons);
    this.#keep(records);
  }

  /** Keeps the compute engine's report on an ended invocation. */
  invocation(report: InvocationReport): void {
    const resolved = environmentOf('', { function: functionEnvironment(report) });
    if ('reason' in resolved) this.#refuse(report.functionName, [resolved.reason]);
    else this.#keep([{ table: 'invocations', row: invocationRow(report, resolved.environment) }]);
  }

  lag(): SignalsLag {
    const { oldestMs } = this.#spool;
    return {
      waiting: this.#progress.waiting,
      lagMs: oldestMs === undefined ? 0 : Math.max(0, this.#options.clock.now() - oldestMs),
      acceptedPerSecond: this.#rate.perSecond(),
      refused: this.#refused,
    };
  }

  /** What was lost since the start: appends that were rejected, plus records refused. It never falls. */
  failures(): number {
    return this.#rejected + this.#refused;
  }

  /** Tells the listener, after each segment, which tables have new rows. Returns what ends it. */
  onFlushed(listener: (tables: ReadonlySet<TableName>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything accepted so far is queryable; as long as the events engine is away, it does not. */
  async settle(): Promise<void> {
    const settled = this.#progress.settled();
    this.#spool.seal();
    await settled;
  }

  /** Refuses further records, sends what it can within a few seconds, and leaves the rest on disk for the next start. */
  async close(): Promise<void> {
    if (this.#closed) return this.#delivery.ended();
    this.#closed = true;
    const settled = await doneWithin(MAX_CLOSE_MS, this.settle());
    this.#delivery.stop();
    await this.#spool.close();
    // An insert that hangs is left behind: its segment is still on disk and keeps its token.
    if (settled) await this.#delivery.ended();
  }

  #refuse(functionName: string, reasons: readonly string[]): void {
    this.#options.log.warn({ functionName, reasons }, 'telemetry of a function was refused');
  }

  /** Nobody waits for these records: the function has gone on. */
  #keep(records: readonly SignalRecord[]): void {
    this.append(records).catch((error: unknown) =>
      this.#options.log.warn({ error: String(error) }, 'telemetry of a function was lost'),
    );
  }

  async #store(records: readonly SignalRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.#closed) throw problem('not-stored', 'the control room is stopping: send the signals again');
    try {
      await this.#spool.append(await framesOf(records));
    } catch (error) {
      if (error instanceof SpoolFullError) {
        throw problem(
          'spool-full',
          'the events engine is behind and the spool is full: send again later',
          error,
        );
      }
      throw problem('not-stored', `the signals could not be written: ${(error as Error).message}`, error);
    }
    this.#progress.accept(records.length);
    this.#rate.add(records.length);
  }

  #delivered({ records, refused, tables }: DeliveredSegment): void {
    this.#refused += refused;
    for (const listener of this.#listeners) {
      try {
        listener(tables);
      } catch (error) {
        this.#options.log.error({ error: String(error) }, 'a listener to new signals failed');
      }
    }
    this.#progress.arrive(records);
  }
}

/**
 * Sends what a previous process left in the spool, for a few seconds at most; the rest stays. At least the segment that
 * it may have inserted and not removed is settled then.
 */
export async function deliverSpool(options: SignalsOptions): Promise<void> {
  const signals = await Signals.open(options);
  await signals.close();
}

async function framesOf(records: readonly SignalRecord[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let start = 0; start < records.length; start += FRAME_RECORDS) {
    if (start > 0) await new Promise(setImmediate);
    const part = records.slice(start, start + FRAME_RECORDS);
    frames.push({ payload: Buffer.from(encodePayload(part)), count: part.length });
  }
  return frames;
}
