import {
  environment,
  flag,
  float64,
  label,
  millis,
  optionalFloat64,
  type RowOf,
  text,
  uint16,
  uint32,
} from '../column.ts';

/** The compute engine's reports, one per ended invocation. */
export const invocations = {
  name: 'invocations',
  environment: 'environment',
  columns: {
    environment,
    ts: millis,
    function: label,
    version: label,
    request_id: text,
    instance: label,
    duration_ms: float64,
    billed_ms: float64,
    memory_mb: uint32,
    max_memory_mb: float64,
    cold: flag,
    /** Of the execution environment's initialisation, with its first invocation. */
    init_ms: optionalFloat64,
    status: label,
    /** Of the response through a function URL; 0 for an invocation by the API. */
    http_status: uint16,
    error_type: label,
    init_type: label,
    /** By AWS's public prices. */
    cost_usd: optionalFloat64,
  },
} as const;

export type InvocationRow = RowOf<typeof invocations.columns>;
