import { MAX_TELEMETRY_BACKLOG_BYTES } from '../../limits.ts';
import type { Clock } from '../../ports.ts';
import { doneWithin } from '../within.ts';
import {
  type Category,
  categoryOf,
  type EventType,
  type Records,
  type TelemetryEvent,
} from './platform-events.ts';
import type { Subscription } from './subscription.ts';
import { TelemetrySubscriber } from './telemetry-subscriber.ts';

/** Telemetry that is not taken in this time holds nothing up. */
const MAX_FLUSH_MS = 500;
/** Schemas from this one on have a line that is a JSON object as that object. */
const FIRST_SCHEMA_WITH_OBJECTS = '2022-12-13';

/** The events of one execution environment, for the extensions that subscribed to them. */
export class TelemetryStream {
  #clock: Clock;
  /** Lines of the function may be JSON objects. */
  #structured: boolean;
  /** By the extension's name. */
  #subscribers = new Map<string, TelemetrySubscriber>();
  /** What came before a subscription that may still come; undefined when none can come any more. */
  #backlog: TelemetryEvent[] | undefined = [];
  #backlogBytes = 0;
  #missed = { records: 0, bytes: 0 };

  constructor(clock: Clock, structured: boolean) {
    this.#clock = clock;
    this.#structured = structured;
  }

  /** Whether an event of that category is of use to anybody. */
  wants(category: Category): boolean {
    if (this.#backlog) return true;
    for (const { subscription } of this.#subscribers.values()) {
      if (subscription.types.includes(category)) return true;
    }
    return false;
  }

  get open(): boolean {
    return this.#backlog !== undefined;
  }

  get subscribed(): boolean {
    return this.#subscribers.size > 0;
  }

  publish<Type extends EventType>(type: Type, record: Records[Type]): void {
    const event = this.#event(type, record);
    for (const subscriber of this.#subscribers.values()) this.#push(subscriber, event);
    if (this.#backlog) this.#keep(event);
  }

  /** Sends an extension what it asks for, and what happened before. Takes the place of its earlier subscription. */
  subscribe(name: string, subscription: Subscription): void {
    this.#subscribers.get(name)?.close();
    const subscriber = new TelemetrySubscriber(subscription, (record) =>
      this.#textOf(this.#event('platform.logsDropped', record), subscription),
    );
    this.#subscribers.set(name, subscriber);
    if (this.#missed.records > 0) subscriber.drop(this.#missed.records, this.#missed.bytes);
    for (const event of this.#backlog ?? []) this.#push(subscriber, event);
    const { types } = subscription;
    this.publish('platform.telemetrySubscription', { name, state: 'Subscribed', types });
  }

  /** Nobody can subscribe any more. */
  seal(): void {
    this.#backlog = undefined;
  }

  /** Delivers what is there; resolves when that is done, or has taken too long. */
  async flush(): Promise<void> {
    if (!this.subscribed) return;
    const flushed = [...this.#subscribers.values()].map((one) => one.flush());
    await doneWithin(MAX_FLUSH_MS, Promise.all(flushed));
  }

  close(): void {
    this.seal();
    for (const subscriber of this.#subscribers.values()) subscriber.close();
    this.#subscribers.clear();
  }

  #event<Type extends EventType>(type: Type, record: Records[Type]): TelemetryEvent<Type> {
    return { time: new Date(this.#clock.now()).toISOString(), type, record };
  }

  #push(subscriber: TelemetrySubscriber, event: TelemetryEvent): void {
    const { subscription } = subscriber;
    if (subscription.types.includes(categoryOf(event.type))) {
      subscriber.push(this.#textOf(event, subscription));
    }
  }

  #textOf(event: TelemetryEvent, { schemaVersion }: Subscription): string {
    const { type, record, time } = event;
    if (this.#structured && type === 'function' && schemaVersion >= FIRST_SCHEMA_WITH_OBJECTS) {
      const text = objectText(record as string);
      if (text !== undefined) return `{"time":"${time}","type":"function","record":${text}}`;
    }
    return JSON.stringify(event);
  }

  #keep(event: TelemetryEvent): void {
    const bytes = typeof event.record === 'string' ? Buffer.byteLength(event.record) : 200;
    if (this.#backlogBytes + bytes > MAX_TELEMETRY_BACKLOG_BYTES) {
      this.#missed.records++;
      this.#missed.bytes += bytes;
      return;
    }
    this.#backlogBytes += bytes;
    this.#backlog?.push(event);
  }
}

/** The line itself, when it is a JSON object. */
function objectText(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    JSON.parse(line);
    return line;
  } catch {
    return undefined;
  }
}
