import { z } from 'zod';
import { DOORS } from '../caller.ts';
import { OUTCOMES } from './entry.ts';

/** The API's view of the audit log; `web/` imports these types. */

const common = {
  /** When the row was written; of a call: when it started. */
  at: z.string(),
  caller: z.string(),
  callerKind: z.enum(['token', 'session', 'access-key']),
  tokenId: z.string(),
  door: z.enum(DOORS),
  operation: z.string(),
  subject: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  reason: z.string().nullable(),
  /** `attempted`: no end is recorded. The call is active, or the control room stopped during it. */
  outcome: z.enum(OUTCOMES),
  error: z.string().nullable(),
};

/** One call: its announcement joined with its completion. */
export const auditCall = z.object({
  sequence: z.number(),
  ...common,
  /** Null while no end is recorded. */
  endedAt: z.string().nullable(),
});

export type AuditCall = z.infer<typeof auditCall>;

/** One row of the log with everything that its hash covers. */
export const auditRow = z.object({
  sequence: z.number(),
  format: z.number(),
  attempt: z.number().nullable(),
  ...common,
  hash: z.string(),
});

export type AuditRow = z.infer<typeof auditRow>;

export const verificationView = z.object({
  intact: z.boolean(),
  /** Number of intact rows, and the hash of the last one. */
  rows: z.number(),
  hash: z.string(),
  /** The first row that is not intact. */
  fault: z.object({ sequence: z.number(), why: z.string() }).nullable(),
});

export type VerificationView = z.infer<typeof verificationView>;
