/**
 * Writes calls into the audit log. States of a call: announced (a row `attempted`) → completed (a second row); or refused
 * (one row). Invariants: work starts after its announcement, unless it is urgent; success is answered after completion.
 */
import type { Clock } from '../../lib/clock.ts';
import { retry } from '../../lib/retry.ts';
import { within } from '../../lib/within.ts';
import type { Caller } from '../caller.ts';
import type { Facts, Note } from '../operation.ts';
import { problem } from '../problems.ts';
import type { AuditRecord } from './entry.ts';

/** One call, before its outcome is known. */
export interface AuditedCall {
  caller: Caller;
  operation: string;
  subject?: string | undefined;
  reason?: string | undefined;
}

/** The part of the audit log that a recorder needs. */
export interface AuditSink {
  append(record: AuditRecord): Promise<{ sequence: number }>;
}

/** How long a response waits for its entry, milliseconds. Urgent work counts against it, down to the minimum. */
const MAX_WAIT_MS = 3_000;
const MIN_WAIT_MS = 1_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
const UNFORESEEN = 'unexpected error: see the log of the control room';

export class Recorder {
  #sink: AuditSink;
  #clock: Clock;
  #closing = new AbortController();

  constructor(sink: AuditSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Records a call that was rejected before it started. Throws `state.unavailable` (503). */
  async refused(call: AuditedCall, error: unknown): Promise<void> {
    await this.#sink.append(this.#record(call, { outcome: outcomeOf(error), error: textOf(error) }));
  }

  /**
   * Announces a call, does its work and completes its entry. Throws what `work` throws; `state.unavailable` (503) when
   * the announcement fails and nothing was done; `access.not-recorded` (503) when the work succeeded but its entry is
   * not complete yet. Urgent work starts without waiting for the announcement. Late entries are retried until `close`.
   */
  async recorded<Result>(
    call: AuditedCall,
    work: (note: Note) => Promise<Result>,
    { urgent = false } = {},
  ): Promise<Result> {
    const sinceMs = this.#clock.monotonic();
    const announcement = this.#record(call, { outcome: 'attempted' });
    const announced = urgent ? this.#eventually(announcement) : this.#sink.append(announcement);
    if (urgent) announced.catch(() => undefined);
    else await announced;

    const facts: Facts = {};
    const complete = async (outcome: Pick<AuditRecord, 'outcome' | 'error'>) => {
      const completion = this.#record(call, { ...facts, ...outcome });
      const { sequence } = await announced;
      await this.#eventually({ ...completion, attempt: sequence });
    };
    const waitMs = () =>
      urgent ? Math.max(MIN_WAIT_MS, MAX_WAIT_MS - (this.#clock.monotonic() - sinceMs)) : MAX_WAIT_MS;
    let result: Result;
    try {
      result = await work((more) => Object.assign(facts, more));
    } catch (error) {
      // The work's own error matters more than a late entry.
      const entry = complete({ outcome: outcomeOf(error), error: textOf(error) });
      await within(waitMs(), 'the entry', entry).catch(() => undefined);
      throw error;
    }
    await within(waitMs(), 'the entry', complete({ outcome: 'done', error: null })).catch((cause) => {
      throw problem(
        'not-recorded',
        `${call.operation} succeeded, but its audit entry is not written yet; it will be retried`,
        cause,
      );
    });
    return result;
  }

  /** Gives up on entries that are not written yet. */
  close(): void {
    this.#closing.abort();
  }

  #eventually(record: AuditRecord): Promise<{ sequence: number }> {
    return retry(() => this.#sink.append(record), {
      firstMs: FIRST_RETRY_MS,
      longestMs: MAX_RETRY_MS,
      signal: this.#closing.signal,
      failed: () => undefined,
    });
  }

  #record(
    { caller, operation, subject, reason }: AuditedCall,
    change: Facts & { outcome: AuditRecord['outcome']; error?: string | null },
  ): AuditRecord {
    return {
      at: new Date(this.#clock.now()),
      attempt: null,
      caller: caller.name,
      callerKind: caller.kind,
      tokenId: caller.tokenId,
      door: caller.door,
      operation,
      subject: change.subject ?? subject ?? null,
      before: change.before ?? null,
      after: change.after ?? null,
      reason: reason ?? null,
      outcome: change.outcome,
      error: change.error ?? null,
    };
  }
}

function outcomeOf(error: unknown): 'refused' | 'failed' {
  return isExpected(error) && error.status < 500 ? 'refused' : 'failed';
}

/** A Problem, or an error of AWS's APIs: both have a status, and a message for the caller. */
function isExpected(error: unknown): error is Error & { status: number } {
  return error instanceof Error && typeof (error as { status?: unknown }).status === 'number';
}

/** The message of an unexpected error may hold secrets. */
function textOf(error: unknown): string {
  return isExpected(error) ? error.message : UNFORESEEN;
}
