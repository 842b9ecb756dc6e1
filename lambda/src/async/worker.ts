import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { queueNameIn } from '../../sqs/names.ts';
import { newTraceId } from '../invocations/invocations.ts';
import { traceHeaderFrom } from '../invocations/lineage.ts';
import { MAX_EVENTS_RUNNING } from '../limits.ts';
import type { Log, StateEngine } from '../ports.ts';
import { type AttemptContext, type Attempted, attempt } from './attempt.ts';
import { deliver } from './delivery.ts';
import type { Ended } from './ended.ts';
import type { EventInvocation, EventInvocationInput } from './event.ts';
import { EventInvocationStore } from './store.ts';

export interface EventInvocationWorkerOptions extends AttemptContext {
  state: StateEngine;
  /** Events of one function that run at a time. */
  concurrencyPerFunction: number;
  log: Log;
  /** Tells who waits for a queue that it has a message. */
  announce(queue: string): void;
}

/** A timer that is late by the wall clock's jumps is late by no more than this. */
const MAX_SLEEP_MS = 30_000;
/** Pause after the state engine failed. */
const RETRY_MS = 1_000;

/**
 * Runs events in the order in which they become due: at once when one is accepted, later ones by a timer. Delivery is at
 * least once; an event is gone when what follows from its end is written.
 */
export class EventInvocationWorker {
  #options: EventInvocationWorkerOptions;
  #store: EventInvocationStore;
  /** Request id -> the run. */
  #runs = new Map<string, Promise<void>>();
  /** Function -> its events that run. */
  #running = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #wanted = false;
  #stopped = new AbortController();

  constructor(options: EventInvocationWorkerOptions) {
    this.#options = options;
    this.#store = new EventInvocationStore(options.state);
  }

  /** Resolves with the request id when the event is durable. Throws the state engine's Problem. */
  async accept(input: EventInvocationInput): Promise<string> {
    const nowMs = this.#options.catalog.clock.now();
    const requestId = randomUUID();
    await this.#store.add({
      ...input,
      requestId,
      traceId: traceHeaderFrom(input.traceId) ?? newTraceId(nowMs),
      acceptedMs: nowMs,
      attempts: 0,
      refusals: 0,
    });
    this.wake();
    return requestId;
  }

  /** Looks for due events now: after one was added, and when the clock was moved. */
  wake(): void {
    this.#wanted = true;
    if (this.#looking || this.#stopped.signal.aborted) return;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#wanted) this.wake();
    });
  }

  /** From now on nothing is begun; what is running and fails is given back, because it may be this end that it met. */
  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** After `stop`: resolves when nothing runs any more. */
  async ended(): Promise<void> {
    await this.#looking;
    await Promise.all(this.#runs.values());
  }

  async #look(): Promise<void> {
    while (this.#wanted && !this.#stopped.signal.aborted) {
      this.#wanted = false;
      clearTimeout(this.#timer);
      const sleepMs = await this.#startDue();
      if (this.#stopped.signal.aborted) return;
      this.#timer = setTimeout(() => this.wake(), sleepMs);
    }
  }

  /** Starts what is due and there is room for. Returns how long there is nothing to do, unless something ends sooner. */
  async #startDue(): Promise<number> {
    const { catalog, concurrencyPerFunction, log } = this.#options;
    const nowMs = catalog.clock.now();
    const all = MAX_EVENTS_RUNNING - this.#runs.size;
    const functions = Object.fromEntries(
      [...this.#running].map(([name, running]) => [name, concurrencyPerFunction - running]),
    );
    const room = { all, each: concurrencyPerFunction, functions, held: [...this.#runs.keys()] };
    try {
      const claimed = all > 0 ? await this.#store.claim(nowMs, room) : [];
      for (const event of claimed) this.#start(event);
      const dueMs = await this.#store.nextDueMs(nowMs);
      return Math.min(Math.max((dueMs ?? Number.POSITIVE_INFINITY) - nowMs, 0), MAX_SLEEP_MS);
    } catch (error) {
      log.warn({ error: String(error) }, 'events cannot be read; trying again');
      return RETRY_MS;
    }
  }

  #start(event: EventInvocation): void {
    const { functionName, requestId } = event;
    this.#running.set(functionName, (this.#running.get(functionName) ?? 0) + 1);
    const run = this.#run(event).finally(() => {
      this.#runs.delete(requestId);
      const left = (this.#running.get(functionName) ?? 0) - 1;
      if (left > 0) this.#running.set(functionName, left);
      else this.#running.delete(functionName);
      this.wake();
    });
    this.#runs.set(requestId, run);
  }

  /** Runs one event and keeps what came of it, however long the state engine is away. Never rejects. */
  async #run(event: EventInvocation): Promise<void> {
    const attempted = this.#stopped.signal.aborted ? undefined : await attempt(this.#options, event);
    for (;;) {
      try {
        return await this.#keep(event, attempted);
      } catch (error) {
        const { requestId, functionName } = event;
        this.#options.log.warn({ requestId, functionName, error: String(error) }, 'an event was not settled');
      }
      // After the end nobody waits for it: the claim is void in the next life, and the event is run again.
      if (this.#stopped.signal.aborted) return;
      await pause(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
  }

  async #keep(event: EventInvocation, attempted: Attempted | undefined): Promise<void> {
    const succeeded = attempted?.kind === 'ended' && attempted.condition === 'Success';
    if (!attempted || (this.#stopped.signal.aborted && !succeeded)) return await this.#store.giveBack(event);
    if (attempted.kind === 'waits') {
      await this.#store.postpone(attempted.event, attempted.dueMs);
    } else {
      await this.#store.end(event, async (database) => {
        if (attempted.kind === 'ended') await deliver(this.#options, database, attempted);
      });
    }
    this.#tell(attempted);
    if (attempted.kind === 'ended') this.#announce(attempted);
  }

  #announce({ destinationArn, deadLetterArn }: Ended): void {
    for (const arn of [destinationArn, deadLetterArn]) {
      const queue = queueNameIn(this.#options.catalog.account, arn);
      if (queue !== undefined) this.#options.announce(queue);
    }
  }

  #tell(attempted: Attempted): void {
    const { requestId, functionName, qualifier } = attempted.event;
    const about = { requestId, functionName, qualifier };
    if (attempted.kind === 'homeless') {
      this.#options.log.warn(about, 'an event was dropped: its function is not there any more');
    } else if (attempted.kind === 'waits' && attempted.refusal !== undefined) {
      this.#options.log.debug({ ...about, error: String(attempted.refusal) }, 'an event was refused');
    } else if (attempted.kind === 'ended' && attempted.condition !== 'Success') {
      this.#options.log.info({ ...about, condition: attempted.condition }, 'an event failed');
    }
  }
}
