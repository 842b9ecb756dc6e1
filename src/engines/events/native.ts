/**
 * The part of chDB's native interface that the child uses. The package's own sessions escape parameters a second time
 * and load a query builder; the child needs wire values passed unchanged.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Connection = object;

export interface NativeResult {
  bytes: Uint8Array;
  /** Seconds. */
  elapsed: number;
  rowsRead: number;
  bytesRead: number;
}

export interface NativeInsert {
  elapsed: number;
  rowsWritten: number;
  bytesWritten: number;
}

export interface Native {
  CreateConnection(directory: string, commandLine: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  /** Runs off the event loop. A connection runs one query at a time. */
  QueryAsyncConnection(
    connection: Connection,
    sql: string,
    format: string,
    parameters?: Record<string, string>,
  ): Promise<NativeResult>;
  InsertRawAsyncConnection(
    connection: Connection,
    statement: string,
    rows: Buffer,
    countLines: boolean,
  ): Promise<NativeInsert>;
}

/** Loads the library. Throws where it is not installed (musl, Windows, installations without optional packages). */
export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader = join(dirname(require.resolve('chdb')), 'dist', 'loader.js');
  return (require(loader) as { loadNative(): Native }).loadNative();
}
