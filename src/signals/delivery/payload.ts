/**
 * What a frame of the spool holds: records grouped by table, each group with the columns of its rows, as JSON:
 * `{"<table>":{"columns":[…],"rows":[[…],…]},…}`. So a later release can read it whatever columns its tables have.
 *
 * Releases before wrote `[["<table>",[…]],…]`, rows in the order of `first-form.ts`. Such frames are still read.
 */
import { jsonText } from '../json-text.ts';
import {
  type PositionalRows,
  positional,
  type RowOfTable,
  type SignalRecord,
  type TableName,
} from '../tables.ts';
import { FIRST_FORM } from './first-form.ts';

/** The payload of a frame with these records. */
export function encodePayload(records: readonly SignalRecord[]): string {
  const groups: Partial<Record<TableName, RowOfTable<TableName>[]>> = {};
  for (const { table, row } of records) {
    const rows = groups[table];
    if (rows) rows.push(row);
    else groups[table] = [row];
  }
  const tables = Object.keys(groups) as TableName[];
  return jsonText(
    Object.fromEntries(
      tables.map((table) => {
        const { columns, rows } = positional(table, groups[table] as RowOfTable<typeof table>[]);
        return [table, { columns, rows }];
      }),
    ),
  );
}

/** The rows of a payload of either form. Throws when it is neither. */
export function decodePayload(payload: string): PositionalRows[] {
  const decoded: unknown = JSON.parse(payload);
  if (Array.isArray(decoded)) return decoded.map(rowOfFirstForm);
  if (typeof decoded !== 'object' || decoded === null) throw new TypeError('the payload must be an object');
  const groups = decoded as Record<TableName, Omit<PositionalRows, 'table'>>;
  return (Object.keys(groups) as TableName[]).map((table) => ({ table, ...groups[table] }));
}

/** Releases before the first form was final wrote fewer columns at the end. */
function rowOfFirstForm([table, row]: [TableName, unknown[]]): PositionalRows {
  return { table, columns: FIRST_FORM[table].slice(0, row.length), rows: [row] };
}
