import { date, environment, flag, label, millis, type RowOf, text } from '../column.ts';

/** What people did. */
export const productEvents = {
  name: 'product_events',
  environment: 'environment',
  columns: {
    environment,
    event: label,
    day: date,
    ts: millis,
    received: millis,
    user_id: text,
    anonymous_id: text,
    unit: text,
    message_id: text,
    /** The kind of message: `track`, `identify`, `page`, … */
    type: label,
    /** A JSON object. */
    properties: text,
    trace_id: text,
    demo: flag,
  },
} as const;

export type ProductEventRow = RowOf<typeof productEvents.columns>;
