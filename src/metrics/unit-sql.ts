/** SQL that metric kinds contribute to queries, in ClickHouse's dialect. Values are always parameters. */

import type { Environment } from '../../sdk/src/core/environment.ts';

/** Names a kind may use when it compiles a metric. */
export interface UnitScope {
  /** Suffix of every column and parameter of the metric, unique within the query. */
  n: string;
  /** Condition: the unit can be judged. */
  judged: string;
}

/** Aggregates over the rows of one unit in one table. */
export interface UnitColumns {
  /** Items of a SELECT list grouped by unit, each with an alias. */
  columns: readonly string[];
  /** The rows they need. */
  where: string;
}

/** A metric's part of a look's query. Expressions may use `exposed`, the time of the unit's first exposure. */
export interface UnitSql {
  /** From the unit's spans since the start of the run; exposing spans are always included. */
  spans?: UnitColumns;
  /** From the unit's product events since the start of the run; columns hold default values without any. */
  productEvents?: UnitColumns;
  /** Aggregate over the units of one arm in one stage: an array of numbers, the input of `weigh`. */
  totals: string;
  parameters: Readonly<Record<string, unknown>>;
}

/** Whose recent rows are asked for. */
interface RecentScope {
  environment: Environment;
  /** A subquery for the eligible units. */
  units: string;
}

/** Recent activity: one row (`unit`, `first`, `value`) per unit that counts towards a verdict. */
export interface RecentSql {
  /** The parameter `seconds` limits the age. */
  sql(scope: RecentScope): string;
  parameters: Readonly<Record<string, unknown>>;
}

/** One SELECT with its parameters. */
export interface Statement {
  sql: string;
  parameters: Record<string, unknown>;
}
