import { z } from 'zod';
import { runSummary } from '../../experiments/schema.ts';

/** The home page: engine health, traffic, and running and recent experiments. */
export const overview = z.object({
  demo: z.boolean(),
  engines: z.array(
    z.object({
      engine: z.enum(['compute', 'events', 'state']),
      ok: z.boolean(),
      detail: z.string(),
      restarts: z.number(),
    }),
  ),
  ingestion: z.object({
    /** Acknowledged records that are not yet in the events engine, and the age of the oldest. */
    waiting: z.number(),
    lagMs: z.number(),
    acceptedPerSecond: z.number(),
  }),
  functions: z.object({
    count: z.number(),
    invocationsPerSecond: z.number(),
    errorRate: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
  /** Totals over all functions for the last 30 minutes, one step per minute. */
  series: z.object({
    at: z.array(z.number()),
    invocations: z.array(z.number()),
    errors: z.array(z.number()),
    p95Ms: z.array(z.number().nullable()),
  }),
  running: z.array(runSummary),
  recent: z.array(runSummary),
  people: z.object({ today: z.number(), week: z.number() }),
  openFindings: z.number(),
});

export type Overview = z.infer<typeof overview>;
