import type { Environment } from '../../sdk/src/core/environment.ts';
import type { Columns } from './column.ts';
import { tableName } from './tables.ts';

/** A table of signals, with the name of the column that says the environment. */
interface SignalsTable {
  readonly name: string;
  readonly environment: string;
  readonly columns: Columns;
}

/**
 * The rows of a table that belong to an environment, for a FROM clause. No other file spells a table's name, so no
 * question can forget the environment. The name goes into the SQL as a literal: its type says that it was checked.
 */
export function source({ name, environment: column }: SignalsTable, environment: Environment): string {
  return `(SELECT * FROM ${tableName(name)} WHERE ${column} = '${environment}')`;
}
