import type { Columns } from './column.ts';
import { tableName } from './tables.ts';

/** A table of signals for a FROM clause. No other file spells a table's name. */
export function source({ name }: { name: string; columns: Columns }): string {
  return tableName(name);
}
