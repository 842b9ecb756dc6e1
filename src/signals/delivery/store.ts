import type { EventsEngine } from '../../engines/events/engine.ts';
import { batchOf, positional, type RowOfTable, type SignalRecord, type TableName } from '../tables.ts';

const BATCH_ROWS = 10_000;

/**
 * Inserts records past the spool, so that the signals of now do not wait behind them: for bulk loads that may be
 * repeated as a whole. `name` names exactly these records: what landed under it before is not inserted again.
 */
export async function insertDirectly(
  events: EventsEngine,
  records: readonly SignalRecord[],
  name: string,
): Promise<void> {
  const rows = new Map<TableName, RowOfTable<TableName>[]>();
  for (const { table, row } of records) {
    const all = rows.get(table);
    if (all) all.push(row);
    else rows.set(table, [row]);
  }
  for (const [table, all] of rows) {
    for (let start = 0; start < all.length; start += BATCH_ROWS) {
      const part = positional(table, all.slice(start, start + BATCH_ROWS));
      await events.insert(batchOf(part, `${name}-${table}-${start}`));
    }
  }
}
