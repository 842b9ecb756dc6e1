import type { Kysely } from 'kysely';
import type { Account } from '../src/catalog/names.ts';
import type { Clock, Log, StateEngine } from '../src/ports.ts';
import { Arrivals } from './arrivals.ts';
import { noSuchQueue } from './errors.ts';
import {
  changeVisibility,
  deleteExpired,
  deleteMessages,
  type NewMessage,
  nextVisibleMs,
  type Receipt,
  type ReceivedMessage,
  type ReceiveInput,
  receiveMessages,
  returnMessages,
  sendMessage,
} from './messages/message-store.ts';
import { findQueue, type Queue } from './queue-store.ts';
import type { QueueTables } from './tables.ts';

export interface QueuesOptions {
  state: StateEngine;
  account: Account;
  clock: Clock;
  log: Log;
}

/** How often messages are deleted that are kept no longer. Until then they are only hidden. */
const EXPIRY_MS = 60_000;

/** The queues of this control room: what senders and receivers do with messages, and who is woken by it. */
export class Queues {
  readonly account: Account;
  readonly arrivals = new Arrivals();
  #options: QueuesOptions;
  #expiry: NodeJS.Timeout;

  constructor(options: QueuesOptions) {
    this.#options = options;
    this.account = options.account;
    this.#expiry = setInterval(() => void this.#deleteExpired(), EXPIRY_MS).unref();
  }

  now(): number {
    return this.#options.clock.now();
  }

  run<Result>(work: (database: Kysely<QueueTables>) => Promise<Result>): Promise<Result> {
    return this.#options.state.run(work);
  }

  transaction<Result>(work: (database: Kysely<QueueTables>) => Promise<Result>): Promise<Result> {
    return this.#options.state.transaction(work);
  }

  /** Throws QueueDoesNotExist. */
  async find(name: string): Promise<Queue> {
    const queue = await this.run((database) => findQueue(database, name));
    if (!queue) throw noSuchQueue();
    return queue;
  }

  /** Sends all or none; returns their ids in their order. Throws QueueDoesNotExist. */
  async send(name: string, messages: readonly NewMessage[]): Promise<string[]> {
    if (messages.length === 0) return [];
    const nowMs = this.now();
    const ids = await this.transaction(async (database) => {
      const made: string[] = [];
      for (const message of messages) {
        const id = await sendMessage(database, name, message, nowMs);
        if (id === undefined) throw noSuchQueue();
        made.push(id);
      }
      return made;
    });
    this.arrivals.announce(name);
    return ids;
  }

  /** Takes what is there now. */
  async take(name: string, input: ReceiveInput): Promise<ReceivedMessage[]> {
    const { messages, movedTo } = await this.run((database) =>
      receiveMessages(database, name, input, this.now()),
    );
    if (movedTo !== undefined) this.arrivals.announce(movedTo);
    return messages;
  }

  /** Takes what is there, or waits up to `waitSeconds` for something to take. The signal ends the waiting. */
  async receive(
    name: string,
    input: ReceiveInput & { waitSeconds: number },
    signal: AbortSignal,
  ): Promise<ReceivedMessage[]> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonic() + input.waitSeconds * 1_000;
    const watch = this.arrivals.watch(name);
    try {
      for (;;) {
        const messages = await this.take(name, input);
        if (signal.aborted || this.arrivals.closed) {
          await this.giveBack(name, messages);
          return [];
        }
        const leftMs = deadlineMs - clock.monotonic();
        if (messages.length > 0 || leftMs <= 0) return messages;
        await watch.next(Math.min(leftMs, await this.untilVisibleMs(name)), signal);
      }
    } finally {
      watch.close();
    }
  }

  /** Milliseconds until the next message in flight or delayed becomes visible; Infinity when there is none. */
  async untilVisibleMs(name: string): Promise<number> {
    const nowMs = this.now();
    const next = await this.run((database) => nextVisibleMs(database, name, nowMs));
    return next === undefined ? Number.POSITIVE_INFINITY : next - nowMs;
  }

  async delete(name: string, receipts: readonly Receipt[]): Promise<void> {
    await this.run((database) => deleteMessages(database, name, receipts));
  }

  /** For messages that were taken and not handed on. */
  async giveBack(name: string, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length === 0) return;
    await this.run((database) => returnMessages(database, name, receipts, this.now()));
    this.arrivals.announce(name);
  }

  /** Returns false when the message is not in flight under this receipt. */
  async changeVisibility(name: string, receipt: Receipt, seconds: number): Promise<boolean> {
    const changed = await this.run((database) =>
      changeVisibility(database, name, receipt, seconds, this.now()),
    );
    this.arrivals.announce(name);
    return changed;
  }

  /** Ends all waiting. */
  close(): void {
    clearInterval(this.#expiry);
    this.arrivals.close();
  }

  async #deleteExpired(): Promise<void> {
    try {
      await this.run((database) => deleteExpired(database, this.now()));
    } catch (error) {
      this.#options.log.warn(
        { error: String(error) },
        'expired messages were not deleted; trying again later',
      );
    }
  }
}
