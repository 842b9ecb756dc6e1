import type { Conversion } from '../../metrics/kinds/conversion.ts';
import type { ErrorRate } from '../../metrics/kinds/error-rate.ts';
import type { FaultTreatment } from '../../treatments/faults/fault.ts';
import type { Experiment } from './experiment.ts';

const LATENCY: FaultTreatment = { kind: 'fault', fault: { kind: 'latency', ms: 800 } };
export const ORDERS: Conversion = { kind: 'conversion', event: 'Order Completed', withinMs: 20_000 };
export const ERRORS: ErrorRate = { kind: 'error-rate' };

export function errorsIn(functionName: string): ErrorRate {
  return { kind: 'error-rate', function: functionName };
}

/** An experiment for tests of pure parts: orders, at most a fifth less, and no more errors. */
export function experimentWith(changes: Partial<Experiment> = {}): Experiment {
  return {
    name: 'e',
    title: 't',
    hypothesis: 'h',
    description: '',
    tags: [],
    function: 'f',
    treatment: LATENCY,
    slice: { unit: 'session', share: 0.5 },
    goal: { metric: ORDERS, margin: 0.8 },
    guardrails: [{ metric: ERRORS, critical: false }],
    maxDurationMs: 180_000,
    alpha: 0.05,
    ...changes,
  };
}
