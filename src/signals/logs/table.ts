import { environment, label, millis, type RowOf, text } from '../column.ts';

/** Lines that functions and extensions wrote. */
export const logs = {
  name: 'logs',
  environment: 'environment',
  columns: {
    environment,
    ts: millis,
    function: label,
    version: label,
    instance: label,
    request_id: text,
    line: text,
  },
} as const;

export type LogRow = RowOf<typeof logs.columns>;
