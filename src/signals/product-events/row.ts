import { jsonText } from '../json-text.ts';
import { timeOfMs } from '../time.ts';
import type { ProductEventRow } from './table.ts';

/** What one message says that somebody did. Times are epoch milliseconds. */
export interface ProductEvent {
  environment: ProductEventRow['environment'];
  name: ProductEventRow['event'];
  type: ProductEventRow['type'];
  atMs: number;
  receivedMs: number;
  /** '' when unknown, as is `anonymousId`; one of both is known. */
  userId: ProductEventRow['user_id'];
  anonymousId: ProductEventRow['anonymous_id'];
  unit: ProductEventRow['unit'];
  messageId: ProductEventRow['message_id'];
  properties: Readonly<Record<string, unknown>>;
  traceId: ProductEventRow['trace_id'];
  demo: boolean;
}

export function productEventRow(event: ProductEvent): ProductEventRow {
  return {
    environment: event.environment,
    event: event.name,
    day: new Date(event.atMs).toISOString().slice(0, 10),
    ts: timeOfMs(event.atMs),
    received: timeOfMs(event.receivedMs),
    user_id: event.userId,
    anonymous_id: event.anonymousId,
    unit: event.unit,
    message_id: event.messageId,
    type: event.type,
    properties: jsonText(event.properties),
    trace_id: event.traceId,
    demo: event.demo,
  };
}
