import type { Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { source } from '../source.ts';
import { productEvents } from './table.ts';

/** Whether there are made-up events from before yesterday, which only a loaded history has. */
export async function hasDemoHistory(events: EventsEngine, environment: Environment): Promise<boolean> {
  const [row] = await events.query<{ events: number }>(
    `SELECT toUInt32(count()) AS events FROM ${source(productEvents, environment)} WHERE demo AND day < today() - 1`,
  );
  return row !== undefined && row.events > 0;
}
