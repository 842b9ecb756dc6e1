import type { EventsBatch } from '../engines/events/engine.ts';
import type { RowOf } from './column.ts';
import { identities } from './identities/table.ts';
import { invocations } from './invocations/table.ts';
import { logs } from './logs/table.ts';
import { productEvents } from './product-events/table.ts';
import { traces } from './traces/table.ts';

/** The tables that signals are written to, by name. */
export const TABLES = {
  [traces.name]: traces,
  [productEvents.name]: productEvents,
  [identities.name]: identities,
  [invocations.name]: invocations,
  [logs.name]: logs,
} as const;

export type TableName = keyof typeof TABLES;
export type RowOfTable<Name extends TableName> = RowOf<(typeof TABLES)[Name]['columns']>;

/** One row for one table. */
export type SignalRecord = {
  [Name in TableName]: { readonly table: Name; readonly row: RowOfTable<Name> };
}[TableName];

/** Rows as they go to the events engine: values in the order of `columns`. */
export interface PositionalRows {
  table: TableName;
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
}

/** The one place where rows become positional. The order is that of the table's columns, and travels with the rows. */
export function positional<Name extends TableName>(
  table: Name,
  rows: readonly RowOfTable<Name>[],
): PositionalRows {
  const columns = Object.keys(TABLES[table].columns) as (keyof RowOfTable<Name>)[];
  return {
    table,
    columns: columns as string[],
    rows: rows.map((row) => columns.map((column) => row[column])),
  };
}

/** An insert of positional rows; `token` names exactly this content. */
export function batchOf({ table, columns, rows }: PositionalRows, token: string): EventsBatch {
  return { table: tableName(table), columns, rows, token };
}

/** A table's name in SQL. */
export function tableName(table: string): string {
  return `upstack.${table}`;
}
