import type { EventsEngine } from '../../engines/events/engine.ts';
import type { Log } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { retry } from '../../lib/retry.ts';
import type { Segment, Spool } from '../../lib/spool/spool.ts';
import { jsonText } from '../json-text.ts';
import { batchOf, type PositionalRows, type TableName } from '../tables.ts';
import { type Batch, batchesOf } from './batches.ts';
import { isolate } from './isolate.ts';
import { decodePayload } from './payload.ts';

export interface DeliveryOptions {
  spool: Spool;
  events: EventsEngine;
  log: Log;
  /** Called after each segment. */
  delivered(segment: DeliveredSegment): void;
}

export interface DeliveredSegment {
  records: number;
  /** How many of them were put aside. */
  refused: number;
  /** Tables with new rows. */
  tables: ReadonlySet<TableName>;
}

interface RefusedRow {
  table: TableName;
  reason: string;
  /** Keyed by column. */
  row: Record<string, unknown>;
}

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** Of the engine's message about a refused row, characters. */
const MAX_REASON = 500;

/**
 * Moves segments from the spool to the events engine, one after the other. A segment's id is the token of its inserts,
 * so a segment that is sent twice, by a retry or after a crash, lands once. Rows that the engine refuses for good are
 * put aside alone: no record takes another one with it.
 */
export class Delivery {
  #options: DeliveryOptions;
  #stopping = new AbortController();
  #ended: Promise<void>;

  /** Begins at once, with what a previous process left in the spool. */
  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Stops retrying. A segment that has not landed stays in the spool and keeps its token. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Resolves when the spool is closed and no insert is in flight. */
  ended(): Promise<void> {
    return this.#ended;
  }

  async #run(): Promise<void> {
    const { spool, delivered } = this.#options;
    for (;;) {
      const segment = await spool.take();
      if (!segment) return;
      try {
        const { tables, refused } = await this.#send(segment);
        if (refused.length > 0) await this.#keepAside(segment, refused);
        await spool.remove(segment);
        delivered({ records: segment.records, refused: refused.length, tables });
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        await this.#putAside(segment, error);
        delivered({ records: segment.records, refused: segment.records, tables: new Set() });
      }
    }
  }

  /** Inserts the segment, batch by batch, for as long as it takes. Returns the rows that the engine will never accept. */
  async #send(segment: Segment): Promise<{ tables: ReadonlySet<TableName>; refused: RefusedRow[] }> {
    const parts: PositionalRows[] = [];
    for (const { payload } of await this.#options.spool.read(segment)) {
      for (const part of decodePayload(payload.toString('utf8'))) parts.push(part);
    }
    const batches = batchesOf(parts);
    const results = await Promise.allSettled(batches.map((batch) => this.#land(segment, batch)));
    const refused: RefusedRow[] = [];
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      for (const row of result.value) refused.push(row);
    }
    return { tables: new Set(batches.map(({ table }) => table)), refused };
  }

  /** Inserts all rows but those that the engine refuses for good, and returns these. */
  async #land(segment: Segment, { name, table, columns, rows }: Batch): Promise<RefusedRow[]> {
    const whole = `${segment.id}:${name}`;
    const ranges = await isolate(rows.length, async (from, to) => {
      const all = to - from === rows.length;
      try {
        const part = { table, columns, rows: rows.slice(from, to) };
        await this.#insert(part, all ? whole : `${whole}:${from}-${to}`);
        return undefined;
      } catch (error) {
        if (isRefusal(error)) return error.message.slice(0, MAX_REASON);
        throw error;
      }
    });
    const keyed = (row: unknown[]) => Object.fromEntries(columns.map((column, i) => [column, row[i]]));
    return ranges.flatMap(({ from, to, reason }) =>
      rows.slice(from, to).map((row) => ({ table, reason, row: keyed(row) })),
    );
  }

  #insert(rows: PositionalRows, token: string): Promise<void> {
    const { events, log } = this.#options;
    const batch = batchOf(rows, token);
    return retry(() => events.insert(batch), {
      firstMs: FIRST_PAUSE_MS,
      longestMs: MAX_PAUSE_MS,
      signal: this.#stopping.signal,
      failed: (error, attempt) => {
        if (isRefusal(error)) throw error;
        const { table, rows } = batch;
        log.warn({ table, rows: rows.length, attempt, error: String(error) }, 'insert is repeated');
      },
    });
  }

  /** Rows that the engine will never accept are written down, with why, for a person to look at. */
  async #keepAside(segment: Segment, refused: readonly RefusedRow[]): Promise<void> {
    const { spool, log } = this.#options;
    const aside = await spool.keepAside(segment, refused.map((row) => `${jsonText(row)}\n`).join(''));
    log.error(
      { segment: segment.id, aside, records: refused.length, error: refused[0]?.reason },
      'signals put aside',
    );
  }

  /** A file that cannot be read, written or removed is logged and skipped. */
  async #putAside(segment: Segment, error: unknown): Promise<void> {
    const { spool, log } = this.#options;
    const aside = await spool.refuse(segment).catch(() => 'where it is');
    log.error({ segment: segment.id, aside, error: String(error) }, 'signals put aside');
  }
}

function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'events.refused-rows';
}
