/** What a metric kind contributes to queries: SQL per unit. ClickHouse's dialect; values only as parameters. */

/** What a kind may refer to when it compiles a metric. */
export interface UnitScope {
  /** Ends every name that the metric brings along (columns, parameters), so that two metrics never clash. */
  n: string;
  /** Condition on a unit: it can be judged. */
  judged: string;
}

/** Aggregates over the rows of one unit in one table. */
export interface UnitColumns {
  /** Items of a SELECT list that is grouped by unit, each with its alias. */
  columns: readonly string[];
  /** Which rows they need. */
  where: string;
}

/** A metric in the query of a look. Its expressions may use `exposed`, the time of the unit's first exposure. */
export interface UnitSql {
  /** From the unit's spans since the run began; rows that expose it are there too. */
  spans?: UnitColumns;
  /** From the unit's product events since the run began; columns are empty for a unit without any. */
  productEvents?: UnitColumns;
  /** Aggregate over the units of one arm in one stage: an array of numbers, which `weigh` gets. */
  totals: string;
  parameters: Readonly<Record<string, unknown>>;
}

/** What units did lately: one row (`unit`, `first`, `value`) for each that counts towards a verdict. */
export interface RecentSql {
  /** Given a subquery for the units that may count; the parameter `seconds` says how long ago is lately. */
  sql(units: string): string;
  parameters: Readonly<Record<string, unknown>>;
}

/** One SELECT with its parameters. */
export interface Statement {
  sql: string;
  parameters: Record<string, unknown>;
}
