/**
 * Columns of the events engine, each with its type there and the types of its values here: as they are written (JSON in
 * an insert) and as they are read (JSON of a SELECT).
 */
import type { Environment } from '../../sdk/src/core/environment.ts';

declare const values: unique symbol;
declare const name: unique symbol;

export interface Column<Written = unknown, Read = unknown> {
  /** The type in the events engine, as `system.columns` spells it. */
  readonly type: string;
  /** For the type checker alone. */
  readonly [values]?: { written: Written; read: Read };
}

export type Columns = Readonly<Record<string, Column>>;

/**
 * A value that knows its column's name. Plain values fit every column of their type; what was made for one column, or
 * read from it, does not fit another one, so two columns of one type cannot be swapped.
 */
type Cell<Value, Name> = Value extends null ? null : Value & { readonly [name]?: Name };

/** A row to write, keyed by column. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<infer Written, unknown> ? Cell<Written, Name> : never;
};

/** A row of `SELECT *`, keyed by column. */
export type SelectedOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<unknown, infer Read> ? Cell<Read, Name> : never;
};

function column<Written, Read = Written>(type: string): Column<Written, Read> {
  return { type };
}

export const text = column<string>('String');
/** Text with few distinct values, dictionary-encoded. */
export const label = column<string>('LowCardinality(String)');
export const environment = column<Environment, string>('LowCardinality(String)');
export const flag = column<boolean>('Bool');
export const uint8 = column<number>('UInt8');
export const uint16 = column<number>('UInt16');
export const uint32 = column<number>('UInt32');
/** Decimal digits: a JavaScript number cannot hold all of them. */
export const uint64 = column<string>('UInt64');
export const float64 = column<number>('Float64');
export const optionalFloat64 = column<number | null>('Nullable(Float64)');
/** `YYYY-MM-DD`. */
export const date = column<string>('Date');
/** Written as epoch seconds with three digits after the point (`timeOfMs`), read as `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
export const millis = column<string>("DateTime64(3, 'UTC')");
/** Written as epoch seconds with nine digits after the point (`timeOfNanos`), read as `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`. */
export const nanos = column<string>("DateTime64(9, 'UTC')");
export const attributes = column<Readonly<Record<string, string>>>('Map(LowCardinality(String), String)');

export function list<Written, Read>(
  item: Column<Written, Read>,
): Column<readonly Written[], readonly Read[]> {
  return column(`Array(${item.type})`);
}

/** A column of an aggregating table that keeps the least value of the rows it merges. */
export function least<Written, Read>(item: Column<Written, Read>): Column<Written, Read> {
  return column(`SimpleAggregateFunction(min, ${item.type})`);
}
