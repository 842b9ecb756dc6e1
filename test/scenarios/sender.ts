import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEvents } from '../../src/engines/events/open.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { ControlRoom } from './control-room.ts';

const BATCH = 20;

/** Sends product events one batch after the other, each until it is acknowledged, and remembers how many were. */
export class Sender {
  #room: ControlRoom;
  #event: string;
  #sending: Promise<void>;
  #stopping = false;
  #batch = 0;
  acknowledged = 0;
  refusals: Record<string, number> = {};

  constructor(room: ControlRoom, event: string) {
    this.#room = room;
    this.#event = event;
    this.#sending = this.#send();
  }

  /** Stops sending; a batch in flight stays undecided. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#sending;
  }

  /** After `stop`: sends the undecided batch again, as a client does that got no answer. */
  async finish(): Promise<void> {
    this.#stopping = false;
    await this.#sendBatch();
  }

  /** Stops the control room and counts in its events engine: every acknowledged message is there, each once. */
  async expectExactlyOnce(): Promise<void> {
    await this.#room.kill('SIGTERM');
    const events = await openEvents({
      url: 'embedded:',
      directory: join(this.#room.directory, 'events'),
      log: silentLog,
    });
    try {
      const [counts] = await events.query<{ rows: number; messages: number }>(
        `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(message_id)) AS messages
         FROM upstack.product_events FINAL WHERE event = {event:String}`,
        { event: this.#event },
      );
      assert.deepEqual(counts, { rows: this.acknowledged, messages: this.acknowledged });
    } finally {
      await events.close();
    }
  }

  async #send(): Promise<void> {
    while (!this.#stopping) {
      await this.#sendBatch();
      await pause(5);
    }
  }

  async #sendBatch(): Promise<void> {
    const body = this.#body();
    while (!(await this.#post(body))) {
      if (this.#stopping) return;
      await pause(50);
    }
    this.acknowledged += BATCH;
    this.#batch++;
  }

  /** The same bytes for the same batch: a retried message must not count twice. */
  #body(): string {
    const timestamp = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000).toISOString();
    const batch = Array.from({ length: BATCH }, (_, i) => {
      const id = `${this.#event}-${this.#batch}-${i}`;
      return { type: 'track', event: this.#event, userId: id, messageId: id, timestamp };
    });
    return JSON.stringify({ batch });
  }

  async #post(body: string): Promise<boolean> {
    try {
      const response = await fetch(`${this.#room.url}/v1/batch`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#room.env.UPSTACK_WRITE_KEY}`,
          'content-type': 'application/json',
        },
        body,
      });
      await response.arrayBuffer();
      if (!response.ok) this.#refused(String(response.status));
      return response.ok;
    } catch (error) {
      this.#refused((error as Error).name);
      return false;
    }
  }

  #refused(why: string): void {
    this.refusals[why] = (this.refusals[why] ?? 0) + 1;
  }
}
