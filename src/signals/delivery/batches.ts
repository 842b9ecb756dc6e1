import { type PositionalRows, tableName } from '../tables.ts';

/** Rows of one segment that go to the events engine together. */
export interface Batch extends PositionalRows {
  /** Tells the batches of one segment apart: the same for the same content, also in another process. */
  name: string;
  rows: unknown[][];
}

/** Groups the rows of a segment by table and columns, in the order of their first rows. */
export function batchesOf(parts: readonly PositionalRows[]): Batch[] {
  const batches = new Map<string, Batch>();
  const perTable = new Map<string, number>();
  for (const { table, columns, rows } of parts) {
    const key = `${tableName(table)}(${columns.join()})`;
    let batch = batches.get(key);
    if (!batch) {
      const nth = (perTable.get(table) ?? 0) + 1;
      perTable.set(table, nth);
      batch = { name: nth === 1 ? table : `${table}#${nth}`, table, columns, rows: [] };
      batches.set(key, batch);
    }
    for (const row of rows) batch.rows.push(row as unknown[]);
  }
  return [...batches.values()];
}
