import { setTimeout as pause } from 'node:timers/promises';
import type { Watch } from '../../sqs/arrivals.ts';
import type { Receipt } from '../../sqs/messages/message-store.ts';
import type { Queues } from '../../sqs/queues.ts';
import { LambdaError } from '../errors.ts';
import type { InvokeOutcome } from '../invocations/invocations.ts';
import { lineageOf } from '../invocations/lineage.ts';
import { BATCHES_AT_A_TIME, MAX_MESSAGES_RECEIVED, MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { Clock, Log } from '../ports.ts';
import { type Filter, filterOfAll } from './filter.ts';
import type { EventSourceMapping } from './mapping.ts';
import { type EventRecord, eventRecord, eventsOf, failedIds, sqsEvent } from './sqs-event.ts';
import type { Target } from './target.ts';

export interface PollerOptions {
  queues: Queues;
  target: Target;
  /** Batches that are processed at a time at most, whatever the mapping asks for. */
  mostConcurrent: number;
  clock: Clock;
  log: Log;
}

/** A queue is looked at again after this time even when nothing was announced. */
const MAX_WAIT_MS = 20_000;
/** The pause before a look for a function that is not there, and after a failure. */
const REST_MS = 1_000;
/** What is not processed must not come again without a pause, in a queue that hides nothing either. */
const MIN_HIDDEN_SECONDS = 1;
/** So often at most a loop is told of. */
const LOOP_TOLD_MS = 60_000;

/** Takes batches from one queue and has the function of one mapping process them, until it is stopped. */
export class Poller {
  readonly mapping: EventSourceMapping;
  #options: PollerOptions;
  #stopping = new AbortController();
  #running = new Set<Promise<void>>();
  #fits: Filter;
  #slotFreed: () => void = () => undefined;
  #toldOfLoopMs = Number.NEGATIVE_INFINITY;
  #polling: Promise<void>;

  constructor(mapping: EventSourceMapping, options: PollerOptions) {
    this.mapping = mapping;
    this.#options = options;
    this.#fits = filterOfAll(mapping.filters);
    this.#polling = this.#poll();
  }

  /** Takes nothing any more; what the function has begun goes on. Resolves when that has ended too. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#slotFreed();
    await this.#polling;
    await Promise.all(this.#running);
  }

  async #poll(): Promise<void> {
    const { queues, log } = this.#options;
    const watch = queues.arrivals.watch(this.mapping.queue);
    while (!this.#stopped) {
      try {
        for (const records of await this.#nextEvents(watch)) await this.#begin(records);
      } catch (error) {
        log.warn(
          { mapping: this.mapping.id, error: String(error) },
          'a queue could not be read; trying again',
        );
        await this.#rest();
      }
    }
    watch.close();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Gathers a batch, for as long as its window is open, and cuts it into events. */
  async #nextEvents(watch: Watch): Promise<EventRecord[][]> {
    const { clock } = this.#options;
    const { batchSize, windowSeconds } = this.mapping;
    const batch = await this.#takeFirst(watch);
    const endMs = clock.monotonic() + Math.min(windowSeconds * 1_000, this.#spareMs(batch));
    let bytes = bytesOf(batch);
    while (!this.#stopped && batch.length < batchSize && bytes < MAX_PAYLOAD_BYTES) {
      const leftMs = endMs - clock.monotonic();
      if (leftMs <= 0) break;
      const more = await this.#take(batchSize - batch.length);
      batch.push(...more);
      bytes += bytesOf(more);
      if (more.length === 0) await this.#waitFor(watch, leftMs);
    }
    return alike(batch).flatMap((records) => eventsOf(records, MAX_PAYLOAD_BYTES));
  }

  /** How long a batch can wait and still be processed before its first message is visible to others, or to this again. */
  #spareMs(batch: readonly EventRecord[]): number {
    const { target, clock } = this.#options;
    const { functionName, qualifier } = this.mapping;
    const hiddenMs = Math.min(...batch.map(({ message }) => message.hiddenUntil.getTime())) - clock.now();
    return hiddenMs - (target.timeoutMs(functionName, qualifier) ?? 0);
  }

  /** Resolves with at least one message, or with none when stopped. */
  async #takeFirst(watch: Watch): Promise<EventRecord[]> {
    const { target } = this.#options;
    const { functionName, qualifier, batchSize } = this.mapping;
    while (!this.#stopped) {
      if (target.timeoutMs(functionName, qualifier) === undefined) {
        await this.#rest();
        continue;
      }
      await this.#freeSlot();
      const records = await this.#take(batchSize);
      if (records.length > 0) return records;
      await this.#waitFor(watch, MAX_WAIT_MS);
    }
    return [];
  }

  /** Takes what fits, as many as SQS hands out at once, so that little is in memory; the others are deleted. */
  async #take(most: number): Promise<EventRecord[]> {
    const { queues } = this.#options;
    const { queue } = this.mapping;
    for (;;) {
      const taken = await queues.take(queue, {
        most: Math.min(most, MAX_MESSAGES_RECEIVED),
        leastVisibilitySeconds: MIN_HIDDEN_SECONDS,
      });
      const fitting = taken.filter(({ body }) => this.#fits(body));
      if (fitting.length < taken.length) {
        await queues.delete(
          queue,
          taken.filter((message) => !fitting.includes(message)),
        );
      }
      if (fitting.length > 0 || taken.length === 0 || this.#stopped) {
        return fitting.map((message) => eventRecord(queues.account, queue, message));
      }
    }
  }

  async #waitFor(watch: Watch, longestMs: number): Promise<void> {
    const untilMs = await this.#options.queues.untilVisibleMs(this.mapping.queue);
    await watch.next(Math.min(longestMs, untilMs), this.#stopping.signal);
  }

  async #freeSlot(): Promise<void> {
    const most = Math.min(this.mapping.mostConcurrent ?? BATCHES_AT_A_TIME, this.#options.mostConcurrent);
    while (this.#running.size >= most && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#slotFreed = resolve;
      });
    }
  }

  /** Has an event processed, beside others. */
  async #begin(records: readonly EventRecord[]): Promise<void> {
    await this.#freeSlot();
    if (this.#stopped) return await this.#giveBack(records);
    const processing = this.#process(records)
      .catch((error) => {
        const { id } = this.mapping;
        this.#options.log.warn(
          { mapping: id, error: String(error) },
          'a batch comes again: it was not settled',
        );
      })
      .finally(() => {
        this.#running.delete(processing);
        this.#slotFreed();
      });
    this.#running.add(processing);
  }

  /**
   * Messages of a loop are left alone: they become visible again, and in the end go to the dead-letter queue or grow too
   * old. All of an event have come the same way.
   */
  async #process(records: readonly EventRecord[]): Promise<void> {
    const { target } = this.#options;
    const traceHeader = records[0]?.message.traceHeader ?? undefined;
    if (target.isLoop(this.mapping.functionName, traceHeader)) return this.#tellOfLoop();
    const outcome = await this.#invoke(records, traceHeader);
    if (!outcome?.ok) return;
    const messages = records.map(({ message }) => message);
    const ids = new Set(messages.map(({ messageId }) => messageId));
    const failed = this.mapping.reportsFailures ? failedIds(outcome.payload, ids) : new Set<string>();
    const done = messages.filter(({ messageId }) => failed !== undefined && !failed.has(messageId));
    if (done.length > 0) await this.#options.queues.delete(this.mapping.queue, done);
  }

  /**
   * The outcome of the invocation; undefined when there was none. While the function is throttled its batch is tried
   * again, until it becomes visible to others.
   */
  async #invoke(
    records: readonly EventRecord[],
    traceHeader: string | undefined,
  ): Promise<InvokeOutcome | undefined> {
    const { target, clock } = this.#options;
    const { functionName, qualifier } = this.mapping;
    const untilMs = Math.min(...records.map(({ message }) => message.hiddenUntil.getTime()));
    const event = sqsEvent(records);
    for (;;) {
      try {
        return await target.invoke(functionName, qualifier, event, traceHeader);
      } catch (error) {
        if (!(error instanceof LambdaError)) throw error;
        const throttled = error.type === 'TooManyRequestsException';
        if (throttled && clock.now() + REST_MS >= untilMs) return undefined;
        if (!throttled || this.#stopped) {
          await this.#giveBack(records);
          return undefined;
        }
        await this.#rest();
      }
    }
  }

  /** Once in a while, because the messages come again and again. */
  #tellOfLoop(): void {
    const { clock, log } = this.#options;
    const { id, queue, functionName } = this.mapping;
    const nowMs = clock.monotonic();
    if (nowMs - this.#toldOfLoopMs < LOOP_TOLD_MS) return;
    this.#toldOfLoopMs = nowMs;
    log.warn({ mapping: id, queue, functionName }, 'messages of a recursive loop are not processed');
  }

  /** For messages that the function has not seen. */
  async #giveBack(records: readonly EventRecord[]): Promise<void> {
    const receipts: Receipt[] = records.map(({ message }) => message);
    await this.#options.queues.giveBack(this.mapping.queue, receipts);
  }

  async #rest(): Promise<void> {
    await pause(REST_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Messages that have come the same way: what follows from an event belongs to one chain, so it must not mix several. */
function alike(batch: readonly EventRecord[]): EventRecord[][] {
  return [...Map.groupBy(batch, ({ message }) => lineageOf(message.traceHeader)).values()];
}

function bytesOf(records: readonly EventRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes, 0);
}
