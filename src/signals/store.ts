import type { EventsEngine } from '../engines/events/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { Frame } from '../lib/frame.ts';
import type { Log } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import { retry } from '../lib/retry.ts';
import { type Segment, Spool, SpoolFullError } from '../lib/spool.ts';
import { doneWithin } from '../lib/within.ts';
import { isolate } from './delivery/isolate.ts';
import { jsonText } from './json-text.ts';
import { problem } from './problems.ts';
import { Rate } from './rate.ts';
import { type SignalRecord, TABLES, type TableName } from './tables.ts';

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

interface RefusedRow {
  table: TableName;
  reason: string;
  row: unknown[];
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const SEAL_AFTER_MS = 150;
const SEAL_BYTES = 4 * 1024 * 1024;
const SEAL_RECORDS = 4_000;
/** Larger appends are cut into frames of this many records, with a breath for the event loop between. */
const FRAME_RECORDS = 500;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** How long `close` tries to bring the rest into the events engine, milliseconds. */
const LONGEST_CLOSE_MS = 3_000;
/** Of the engine's words about a refused row, characters. */
const LONGEST_REASON = 500;

/**
 * The one way of signals into the events engine: appended to an fsynced spool, then inserted segment by segment. A
 * segment's id is the token of its inserts, so a segment that is sent twice, by a retry or after a crash, lands once.
 * Rows that the engine refuses for good are put aside alone: nobody's record takes another's with it.
 */
export class Signals {
  #spool: Spool;
  #options: SignalsOptions;
  #rate: Rate;
  #stopping = new AbortController();
  #closed = false;
  #accepted: number;
  #flushed = 0;
  #refused = 0;
  #rejected = 0;
  #listeners = new Set<(tables: ReadonlySet<TableName>) => void>();
  #settling: { until: number; resolve: () => void }[] = [];
  #flusher: Promise<void>;

  private constructor(spool: Spool, options: SignalsOptions) {
    this.#spool = spool;
    this.#options = options;
    this.#rate = new Rate(options.clock);
    this.#accepted = spool.records;
    this.#flusher = this.#flush();
  }

  /** Opens the spool and begins to send what a previous life left in it. */
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

  async #store(records: readonly SignalRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.#closed) throw problem('not-stored', 'the control room is stopping: send the signals again');
    const frames: Frame[] = [];
    for (let start = 0; start < records.length; start += FRAME_RECORDS) {
      if (start > 0) await new Promise(setImmediate);
      const part = records.slice(start, start + FRAME_RECORDS);
      const payload = Buffer.from(jsonText(part.map(({ table, row }) => [table, row])));
      frames.push({ payload, count: part.length });
    }
    try {
      await this.#spool.append(frames);
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
    this.#accepted += records.length;
    this.#rate.add(records.length);
  }

  lag(): SignalsLag {
    const { oldestMs } = this.#spool;
    return {
      waiting: this.#accepted - this.#flushed,
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
    const until = this.#accepted;
    if (this.#flushed >= until) return;
    const settled = new Promise<void>((resolve) => this.#settling.push({ until, resolve }));
    this.#spool.seal();
    await settled;
  }

  /** Refuses further records, sends what it can within a few seconds, and leaves the rest on disk for the next start. */
  async close(): Promise<void> {
    if (this.#closed) return this.#flusher;
    this.#closed = true;
    const settled = await doneWithin(LONGEST_CLOSE_MS, this.settle());
    this.#stopping.abort();
    await this.#spool.close();
    // An insert that hangs is left behind: its segment is still on disk and keeps its token.
    if (settled) await this.#flusher;
  }

  async #flush(): Promise<void> {
    for (;;) {
      const segment = await this.#spool.take();
      if (!segment) return;
      try {
        const { tables, refused } = await this.#send(segment);
        if (refused.length > 0) await this.#keepAside(segment, refused);
        await this.#spool.remove(segment);
        this.#tell(tables);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        await this.#putAside(segment, error);
      }
      this.#flushed += segment.records;
      this.#settling = this.#settling.filter(({ until, resolve }) => {
        if (until <= this.#flushed) resolve();
        return until > this.#flushed;
      });
    }
  }

  /** Inserts the segment, table by table, for as long as it takes; what the engine will never take comes back. */
  async #send(segment: Segment): Promise<{ tables: ReadonlySet<TableName>; refused: RefusedRow[] }> {
    const tables = new Map<TableName, unknown[][]>();
    for (const { payload } of await this.#spool.read(segment)) {
      for (const [table, row] of JSON.parse(payload.toString('utf8')) as [TableName, unknown[]][]) {
        const rows = tables.get(table);
        if (rows) rows.push(row);
        else tables.set(table, [row]);
      }
    }
    const results = await Promise.allSettled(
      [...tables].map(([table, rows]) => this.#land(segment, table, rows)),
    );
    const refused: RefusedRow[] = [];
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      for (const row of result.value) refused.push(row);
    }
    return { tables: new Set(tables.keys()), refused };
  }

  /** Inserts the rows but for those that the engine refuses for good, and returns these. */
  async #land(segment: Segment, table: TableName, rows: unknown[][]): Promise<RefusedRow[]> {
    const whole = `${segment.id}:${table}`;
    const ranges = await isolate(rows.length, async (from, to) => {
      const all = to - from === rows.length;
      try {
        await this.#insert(table, rows.slice(from, to), all ? whole : `${whole}:${from}-${to}`);
        return undefined;
      } catch (error) {
        if (isRefusal(error)) return error.message.slice(0, LONGEST_REASON);
        throw error;
      }
    });
    return ranges.flatMap(({ from, to, reason }) =>
      rows.slice(from, to).map((row) => ({ table, reason, row })),
    );
  }

  /** Rows that the engine will never take are written down, with why, for a person to look at. */
  async #keepAside(segment: Segment, refused: readonly RefusedRow[]): Promise<void> {
    const aside = await this.#spool.keepAside(segment, refused.map((row) => `${jsonText(row)}\n`).join(''));
    this.#refused += refused.length;
    this.#options.log.error(
      { segment: segment.id, aside, records: refused.length, error: refused[0]?.reason },
      'signals put aside',
    );
  }

  /** A file that cannot be read, written or removed: one line in the log, and on. */
  async #putAside(segment: Segment, error: unknown): Promise<void> {
    this.#refused += segment.records;
    const aside = await this.#spool.refuse(segment).catch(() => 'where it is');
    this.#options.log.error({ segment: segment.id, aside, error: String(error) }, 'signals put aside');
  }

  #tell(tables: ReadonlySet<TableName>): void {
    for (const listener of this.#listeners) {
      try {
        listener(tables);
      } catch (error) {
        this.#options.log.error({ error: String(error) }, 'a listener to new signals failed');
      }
    }
  }

  #insert(table: TableName, rows: unknown[][], token: string): Promise<void> {
    const batch = { table: `upstack.${table}`, columns: TABLES[table], rows, token };
    return retry(() => this.#options.events.insert(batch), {
      firstMs: FIRST_PAUSE_MS,
      longestMs: LONGEST_PAUSE_MS,
      signal: this.#stopping.signal,
      failed: (error, attempt) => {
        if (isRefusal(error)) throw error;
        this.#options.log.warn(
          { table, rows: rows.length, attempt, error: String(error) },
          'insert is repeated',
        );
      },
    });
  }
}

function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'events.refused-rows';
}
