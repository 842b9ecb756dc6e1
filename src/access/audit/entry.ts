import type { CallerKind, Door } from '../caller.ts';

/**
 * What became of a call. `attempted`: announced; while no row completes it, the call is running or was cut off.
 * `refused`: rejected without a change. `failed`: an error, possibly after a part of the change.
 */
export const OUTCOMES = ['attempted', 'done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof OUTCOMES)[number];

/** What the control room says in one row of the audit log. */
export interface AuditRecord {
  at: Date;
  /** Sequence of the row that announced the call; null in that row itself and in a refusal without one. */
  attempt: number | null;
  caller: string;
  callerKind: CallerKind;
  tokenId: string;
  door: Door;
  operation: string;
  /** What the call was about: a run, a token, a function. */
  subject: string | null;
  before: string | null;
  after: string | null;
  reason: string | null;
  outcome: AuditOutcome;
  error: string | null;
}

/** A row as it is stored: with its place in the chain. */
export interface AuditEntry extends AuditRecord {
  /** 1 for the first row; no gaps. */
  sequence: number;
  /** Which fields the hash covers, and how. */
  format: number;
  /** SHA-256, lower-case hexadecimal digits. */
  hash: string;
}

/** Longest text in a field, in UTF-16 code units. */
export const MAX_TEXT = 500;

/** Control characters, and those that turn the direction of writing, could make a row read as another one. */
const MISLEADING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** A text as the log keeps it: one line, well-formed, at most `MAX_TEXT` long; null for nothing. */
export function short(text: string | null | undefined): string | null {
  const line = (text ?? '').toWellFormed().replace(MISLEADING, ' ').trim();
  if (line === '') return null;
  if (line.length <= MAX_TEXT) return line;
  return `${line.slice(0, MAX_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The record with every text as the log keeps it. The hash covers the result. */
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
