/**
 * Writes calls into the audit log so that none is answered without its entry. States of a call: announced (a row
 * `attempted`) → completed (a second row); or refused (one row, nothing was done).
 * Invariants: work begins after its announcement, unless it is urgent; an answer comes after the completion.
 */
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { retry } from '../../lib/retry.ts';
import { within } from '../../lib/within.ts';
import type { Caller } from '../caller.ts';
import type { Facts, Note } from '../operation.ts';
import { problem } from '../problems.ts';
import type { AuditRecord } from './entry.ts';

/** Who asks for what. */
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

/** How long an answer waits for its entry, milliseconds. Urgent work has used up some of it, but leaves this much. */
const MAX_WAIT_MS = 3_000;
const MIN_WAIT_MS = 1_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
const UNFORESEEN = 'an unforeseen error; the log of the control room has the details';

export class Recorder {
  #sink: AuditSink;
  #clock: Clock;
  #closing = new AbortController();

  constructor(sink: AuditSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Records a call that was rejected before it could do anything. Throws when the entry cannot be written. */
  async refused(call: AuditedCall, error: unknown): Promise<void> {
    await this.#sink.append(this.#record(call, { outcome: outcomeOf(error), error: textOf(error) }));
  }

  /**
   * Does `work` between its announcement and its completion, and resolves with its result. Throws what `work` throws;
   * `state.unavailable` (503) when nothing was done because the entry cannot be written; `access.not-recorded` (503)
   * when `work` succeeded and the rest of its entry is still to be written. Urgent work is done although nothing can be
   * written now; its entry follows.
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
      // The caller learns what went wrong with the work, whether or not that could be written in time.
      const entry = complete({ outcome: outcomeOf(error), error: textOf(error) });
      await within(waitMs(), 'the entry', entry).catch(() => undefined);
      throw error;
    }
    await within(waitMs(), 'the entry', complete({ outcome: 'done', error: null })).catch((cause) => {
      throw problem(
        'not-recorded',
        `${call.operation} is done, but the audit log cannot be written: its entry follows as soon as it can`,
        cause,
      );
    });
    return result;
  }

  /** Stops writing entries that could not be written so far. */
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
  return error instanceof Problem && error.status < 500 ? 'refused' : 'failed';
}

/** An unforeseen error's own words may hold secrets; they belong into the process's log. */
function textOf(error: unknown): string {
  return error instanceof Problem ? error.message : UNFORESEEN;
}
