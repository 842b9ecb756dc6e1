import { z } from 'zod';

/** The API's view of findings; `web/` imports these types. */

export const findingView = z.object({
  findingId: z.string(),
  /** The run that opened it. */
  runId: z.string(),
  experiment: z.string(),
  title: z.string(),
  state: z.enum(['open', 'fixed', 'verified', 'reopened']),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  function: z.string(),
  treatment: z.string(),
  reason: z.string(),
  runs: z.array(z.object({ runId: z.string(), verdict: z.string() })),
});

export type FindingView = z.infer<typeof findingView>;
