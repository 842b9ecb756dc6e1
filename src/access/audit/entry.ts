import type { CallerKind, Door } from '../caller.ts';

/**
 * `attempted`: announced; until another row completes it, the call is active or was cut off. `refused`: rejected before
 * any change. `failed`: an error, possibly after part of the change.
 */
export const OUTCOMES = ['attempted', 'done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof OUTCOMES)[number];

/** One row of the audit log before it is chained. */
export interface AuditRecord {
  at: Date;
  /** Sequence of the row that announced the call; null in that row itself and in a refusal without one. */
  attempt: number | null;
  caller: string;
  callerKind: CallerKind;
  tokenId: string;
  door: Door;
  operation: string;
  /** What the call acts on: a run, a token, a function. */
  subject: string | null;
  before: string | null;
  after: string | null;
  reason: string | null;
  outcome: AuditOutcome;
  error: string | null;
}

/** One stored row. */
export interface AuditEntry extends AuditRecord {
  /** 1 for the first row; no gaps. */
  sequence: number;
  /** The set of fields that the hash covers. */
  format: number;
  /** SHA-256, lower-case hexadecimal digits. */
  hash: string;
}

/** Maximum length of a string, in UTF-16 code units. */
const MAX_TEXT = 500;

/** Control characters and changes of writing direction could disguise a row. */
const MISLEADING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** The string as one well-formed line of at most `MAX_TEXT`; null when nothing is left. */
function short(text: string | null | undefined): string | null {
  const line = (text ?? '').toWellFormed().replace(MISLEADING, ' ').trim();
  if (line === '') return null;
  if (line.length <= MAX_TEXT) return line;
  return `${line.slice(0, MAX_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The record with all its strings through `short`. The hash covers the result. */
export function shortened(record: AuditRecord): AuditRecord {
  const { caller, tokenId, operation, subject, before, after, reason, error, ...rest } = record;
  return {
    ...rest,
    caller: short(caller) ?? '',
    tokenId: short(tokenId) ?? '',
    operation: short(operation) ?? '',
    subject: short(subject),
    before: short(before),
    after: short(after),
    reason: short(reason),
    error: short(error),
  };
}
