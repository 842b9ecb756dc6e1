import { z } from 'zod';

/** The API's view of functions; `web/` imports these types. */

export const functionRow = z.object({
  name: z.string(),
  runtime: z.string(),
  lastModified: z.string(),
  /** The version that the alias `live` points to; null without that alias. */
  liveVersion: z.string().nullable(),
  /** Over the last 15 minutes. */
  invocations: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** Invocations per minute, oldest first, 15 values. */
  perMinute: z.array(z.number()),
});

/** Aligned series: `at` in epoch seconds, one value per step in each other array (null: no invocations). */
const functionSeries = z.object({
  stepSeconds: z.number(),
  at: z.array(z.number()),
  invocations: z.array(z.number()),
  errors: z.array(z.number()),
  p50Ms: z.array(z.number().nullable()),
  p95Ms: z.array(z.number().nullable()),
  coldStarts: z.array(z.number()),
});

export const functionView = z.object({
  name: z.string(),
  arn: z.string(),
  runtime: z.string(),
  handler: z.string(),
  memoryMb: z.number(),
  timeoutSeconds: z.number(),
  url: z.string().nullable(),
  environmentNames: z.array(z.string()),
  versions: z.array(
    z.object({
      version: z.string(),
      lastModified: z.string(),
      codeSha256: z.string(),
      codeSizeBytes: z.number(),
      description: z.string(),
      /** In the range. */
      invocations: z.number(),
      coldStarts: z.number(),
      /** US dollars at AWS prices; null if no invocation has a price. */
      costUsd: z.number().nullable(),
    }),
  ),
  aliases: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      weights: z.record(z.string(), z.number()),
      description: z.string(),
    }),
  ),
  totals: z.object({
    invocations: z.number(),
    errors: z.number(),
    coldStarts: z.number(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    costUsd: z.number().nullable(),
  }),
  series: functionSeries,
  recentErrors: z.array(
    z.object({ at: z.string(), version: z.string(), errorType: z.string(), requestId: z.string() }),
  ),
});

export type FunctionRow = z.infer<typeof functionRow>;
export type FunctionView = z.infer<typeof functionView>;
