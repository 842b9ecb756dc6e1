import { z } from 'zod';
import { DOORS } from '../caller.ts';
import { OUTCOMES } from './entry.ts';

/** The API's view of the audit log; `web/` imports these types. */

const common = {
  /** When the call came in. */
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
  /** `attempted`: no end was recorded; the call is running, or the control room was stopped during it. */
  outcome: z.enum(OUTCOMES),
  error: z.string().nullable(),
};

/** One call: its announcement together with its completion. */
export const auditCall = z.object({
  sequence: z.number(),
  ...common,
  /** When its outcome was recorded; null while it was not. */
  endedAt: z.string().nullable(),
});

export type AuditCall = z.infer<typeof auditCall>;

/** One row of the log as it is chained: everything that its hash covers. */
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
  /** Rows that are as they were written, from the first on, and the hash of the last of them. */
  rows: z.number(),
  hash: z.string(),
  /** The first row that is not. */
  fault: z.object({ sequence: z.number(), why: z.string() }).nullable(),
});

export type VerificationView = z.infer<typeof verificationView>;
