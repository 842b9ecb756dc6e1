import type { Health } from '../health.ts';

/** One batch for one table. Rows are arrays in the order of `columns`. */
export interface EventsBatch {
  table: string;
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
  /**
   * Deduplication token: a batch may be sent any number of times and is stored once, in the table and its dependent
   * views. It must identify exactly this content.
   */
  token: string;
}

/**
 * ClickHouse over its HTTP interface, embedded or remote. `insert` and `query` throw `events.unavailable` (503) if it
 * is down.
 */
export interface EventsEngine {
  insert(batch: EventsBatch): Promise<void>;
  /**
   * Rows of one SELECT. `{name:Type}` in the SQL is bound to `parameters.name`. 64-bit integers arrive as strings
   * unless the SQL converts them (`toUInt32`, `toFloat64`).
   */
  query<Row>(sql: string, parameters?: Record<string, unknown>): Promise<Row[]>;
  health(): Promise<Health>;
  close(): Promise<void>;
}
