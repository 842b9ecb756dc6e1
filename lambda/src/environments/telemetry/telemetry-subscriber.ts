import { setTimeout as sleep } from 'node:timers/promises';
import type { Records } from './platform-events.ts';
import type { Subscription } from './subscription.ts';
import { type TelemetryDestination, telemetryDestination } from './telemetry-destination.ts';

/** A delivery that failed is tried again after the shorter time, then after twice as long each time. */
const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 2_000;
const FALLEN_BEHIND = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';

/**
 * Buffers events for one subscribed extension and delivers them in batches, one at a time and in their order, each until
 * it is acknowledged. What does not fit into the buffer meanwhile is dropped and counted: the next batch says how much.
 */
export class TelemetrySubscriber {
  readonly subscription: Subscription;
  #destination: TelemetryDestination;
  /** Makes the event that tells what was dropped. */
  #droppedEvent: (record: Records['platform.logsDropped']) => string;
  #pending: string[] = [];
  #bytes = 0;
  #droppedRecords = 0;
  #droppedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #stop = new AbortController();

  constructor(subscription: Subscription, droppedEvent: (record: Records['platform.logsDropped']) => string) {
    this.subscription = subscription;
    this.#destination = telemetryDestination(subscription.destination);
    this.#droppedEvent = droppedEvent;
  }

  /** Takes an event in JSON. */
  push(event: string): void {
    const size = Buffer.byteLength(event);
    if (this.#sending && this.#isFull()) {
      this.drop(1, size);
      return;
    }
    this.#pending.push(event);
    this.#bytes += size;
    if (this.#isFull()) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.subscription.timeoutMs).unref();
  }

  /** Counts what could not be kept. */
  drop(records: number, bytes: number): void {
    this.#droppedRecords += records;
    this.#droppedBytes += bytes;
  }

  /** Delivers what is there now, and resolves when the listener has it or the subscriber is closed. */
  async flush(): Promise<void> {
    await this.#sending;
    if (this.#pending.length > 0) await this.#send();
  }

  /** Breaks off: what was not delivered is lost. */
  close(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#destination.close();
  }

  #isFull(): boolean {
    const { maxItems, maxBytes } = this.subscription;
    return this.#pending.length >= maxItems || this.#bytes >= maxBytes;
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#deliver(this.#take()).finally(() => {
      this.#sending = undefined;
      if (this.#stop.signal.aborted || this.#pending.length === 0) return;
      if (this.#isFull()) this.#send();
      else this.#timer ??= setTimeout(() => this.#send(), this.subscription.timeoutMs).unref();
    });
    return this.#sending;
  }

  #take(): string[] {
    const batch = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    if (this.#droppedRecords > 0) {
      batch.unshift(
        this.#droppedEvent({
          droppedRecords: this.#droppedRecords,
          droppedBytes: this.#droppedBytes,
          reason: FALLEN_BEHIND,
        }),
      );
      this.#droppedRecords = 0;
      this.#droppedBytes = 0;
    }
    return batch;
  }

  async #deliver(batch: string[]): Promise<void> {
    for (let waitMs = MIN_RETRY_MS; ; waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
      try {
        return await this.#destination.deliver(batch);
      } catch {
        const { signal } = this.#stop;
        await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
        if (signal.aborted) return;
      }
    }
  }
}
