import type { Failure } from './failures.ts';
import type { Delivery } from './runtime-api/runtime-api.ts';
import {
  type InitializationType,
  type PlatformReport,
  type Records,
  rounded,
  type Status,
  type Tracing,
  tracingOf,
} from './telemetry/platform-events.ts';

export type Outcome = { ok: true; payload: Buffer } | { ok: false; failure: Failure };

/** An invocation that is over, with its extensions' work. */
export interface InvocationEnd {
  report: PlatformReport;
  /** When it was handed to the function, epoch milliseconds. */
  startMs: number;
  /** It waited for its environment to be initialised. */
  coldStart: boolean;
  initializationType: InitializationType;
}

/** What a report says besides the times. */
interface Measured {
  memorySizeMB: number;
  maxMemoryUsedMB: number;
  /** Of an environment's first invocation. */
  initMs: number | undefined;
  initializationType: InitializationType;
}

/**
 * An invocation that an environment works on. Its caller has the answer as soon as the runtime has given it; it ends when
 * the runtime and the extensions are done too.
 */
export class RunningInvocation {
  readonly delivery: Delivery;
  readonly startMs: number;
  #answer = Promise.withResolvers<Outcome>();
  #ended = Promise.withResolvers<InvocationEnd>();
  timer: NodeJS.Timeout | undefined;
  outcome: Outcome | undefined;
  /** Its `platform.runtimeDone` was told. */
  told = false;
  /** Monotonic times. */
  #since: number;
  #respondingAt: number | undefined;
  #answeredAt: number | undefined;
  #runtimeDoneAt: number | undefined;

  constructor(delivery: Delivery, startMs: number, nowMs: number) {
    this.delivery = delivery;
    this.startMs = startMs;
    this.#since = nowMs;
  }

  get requestId(): string {
    return this.delivery.requestId;
  }

  /** What its caller gets; never rejects. */
  get answer(): Promise<Outcome> {
    return this.#answer.promise;
  }

  /** Never rejects. */
  get ended(): Promise<InvocationEnd> {
    return this.#ended.promise;
  }

  responding(nowMs: number): void {
    this.#respondingAt ??= nowMs;
  }

  /** Answers the caller, unless that has been done. */
  settle(outcome: Outcome, nowMs: number): void {
    if (this.outcome) return;
    this.outcome = outcome;
    this.#answeredAt = nowMs;
    this.#answer.resolve(outcome);
  }

  fail(failure: Failure, nowMs: number): void {
    this.settle({ ok: false, failure }, nowMs);
  }

  onRuntimeDone(nowMs: number): void {
    this.#runtimeDoneAt ??= nowMs;
  }

  finish(end: InvocationEnd): void {
    this.#ended.resolve(end);
  }

  startRecord(version: string): Records['platform.start'] {
    return { requestId: this.requestId, version, tracing: this.tracing };
  }

  get tracing(): Tracing {
    return tracingOf(this.delivery.traceId);
  }

  runtimeDoneRecord(): Records['platform.runtimeDone'] {
    const { requestId, tracing } = this;
    const produced = this.outcome?.ok ? this.outcome.payload.length : 0;
    return {
      requestId,
      ...this.#status(undefined),
      metrics: { durationMs: rounded(this.#until(this.#runtimeDoneAt)), producedBytes: produced },
      tracing,
      spans: this.#spans(),
    };
  }

  /** `failure` is what ended the work after the answer, if something did. */
  end(nowMs: number, failure: Failure | undefined, measured: Measured): InvocationEnd {
    const { initMs, initializationType } = measured;
    const coldStart = initMs !== undefined && initializationType === 'on-demand';
    const report = this.#report(nowMs, failure, measured);
    return { report, startMs: this.startMs, coldStart, initializationType };
  }

  #report(nowMs: number, failure: Failure | undefined, measured: Measured): PlatformReport {
    const { requestId } = this;
    const { memorySizeMB, maxMemoryUsedMB, initMs, initializationType } = measured;
    const durationMs = this.#until(nowMs);
    // AWS bills the initialisation of an on-demand environment too, and rounds up to whole milliseconds.
    const billedInitMs = initializationType === 'on-demand' ? (initMs ?? 0) : 0;
    return {
      requestId,
      ...this.#status(failure),
      metrics: {
        durationMs: rounded(durationMs),
        billedDurationMs: Math.ceil(durationMs + billedInitMs),
        memorySizeMB,
        maxMemoryUsedMB,
        ...(initMs === undefined ? {} : { initDurationMs: rounded(initMs) }),
      },
    };
  }

  #status(later: Failure | undefined): { status: Status; errorType?: string } {
    const failure = this.outcome?.ok ? later : this.outcome?.failure;
    return failure ? { status: failure.status, errorType: failure.errorType } : { status: 'success' };
  }

  #until(atMs = this.#since): number {
    return atMs - this.#since;
  }

  /** How the runtime's time was spent, as far as it responded. */
  #spans(): Records['platform.runtimeDone']['spans'] {
    const begun = this.#respondingAt;
    const answered = this.#answeredAt;
    if (begun === undefined || answered === undefined || begun > answered) return [];
    const times: [string, from: number, to: number][] = [
      ['responseLatency', this.#since, begun],
      ['responseDuration', begun, answered],
      ['runtimeOverhead', answered, Math.max(this.#runtimeDoneAt ?? answered, answered)],
    ];
    return times.map(([name, from, to]) => ({
      name,
      start: new Date(this.startMs + this.#until(from)).toISOString(),
      durationMs: rounded(to - from),
    }));
  }
}
