/** The messages of a queue against a model of it that fits on a page: whatever is done, both hand out the same. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { openStateIn, type StateEngine } from '../../test/support/state.ts';
import { DEFAULT_SETTINGS } from '../attributes.ts';
import { createQueue } from '../queue-store.ts';
import type { QueueTables } from '../tables.ts';
import {
  changeVisibility,
  deleteMessages,
  type Receipt,
  receiveMessages,
  sendMessage,
} from './message-store.ts';

const VISIBILITY_SECONDS = 4;
const RETENTION_SECONDS = 60;
const MAX_RECEIVES = 2;

let directory: string;
let state: StateEngine;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-queue-model-'));
  state = await openStateIn(directory);
});
after(async () => {
  await state.close();
  await rm(directory, { recursive: true, force: true });
});

const run = <Result>(work: (database: Kysely<QueueTables>) => Promise<Result>) => state.run(work);

interface ModelMessage {
  body: string;
  sentMs: number;
  visibleMs: number;
  receives: number;
  /** One for each receive; only the last one is good. */
  receipts: Receipt[];
}

/** A queue; `dead` is what it gave up. */
class Model {
  messages: ModelMessage[] = [];
  dead: string[] = [];

  receive(most: number, nowMs: number): ModelMessage[] {
    const kept = (m: ModelMessage) => m.sentMs > nowMs - RETENTION_SECONDS * 1_000;
    const visible = this.messages.filter((m) => m.visibleMs <= nowMs && kept(m));
    // Sorting is stable, so what is visible since the same moment stays in the order of sending.
    const next = visible.sort((a, b) => a.visibleMs - b.visibleMs);
    const taken: ModelMessage[] = [];
    for (const message of next) {
      if (taken.length === most) break;
      if (message.receives < MAX_RECEIVES) taken.push(message);
      else {
        this.messages = this.messages.filter((m) => m !== message);
        this.dead.push(message.body);
      }
    }
    for (const message of taken) {
      message.receives++;
      message.visibleMs = nowMs + VISIBILITY_SECONDS * 1_000;
    }
    return taken.sort((a, b) => this.messages.indexOf(a) - this.messages.indexOf(b));
  }
}

type Step =
  | { does: 'send'; delaySeconds: number }
  | { does: 'receive'; most: number }
  | { does: 'delete' | 'hide'; which: number; seconds: number }
  | { does: 'wait'; ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('send' as const), delaySeconds: fc.constantFrom(0, 0, 3) }),
  fc.record({ does: fc.constant('receive' as const), most: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    does: fc.constantFrom('delete' as const, 'hide' as const),
    which: fc.nat(9),
    seconds: fc.constantFrom(0, 2, 9),
  }),
  fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(1, 1_000, 5_000, 20_000) }),
);

let made = 0;

/** A queue and its model, side by side. */
class Play {
  readonly name = `model-${++made}`;
  readonly dead = `${this.name}-dead`;
  readonly model = new Model();
  nowMs = Date.UTC(2026, 0, 31);

  async begin(): Promise<void> {
    const redrive = { deadLetterQueue: this.dead, mostReceives: MAX_RECEIVES };
    const short = { visibilitySeconds: VISIBILITY_SECONDS, retentionSeconds: RETENTION_SECONDS };
    await run((db) => createQueue(db, this.dead, DEFAULT_SETTINGS, {}, this.nowMs));
    await run((db) => createQueue(db, this.name, { ...DEFAULT_SETTINGS, ...short, redrive }, {}, this.nowMs));
  }

  async take(step: Step, body: string): Promise<void> {
    if (step.does === 'wait') this.nowMs += step.ms;
    else if (step.does === 'send') await this.#send(body, step.delaySeconds);
    else if (step.does === 'receive') await this.#receive(step.most);
    else await this.#settle(step);
  }

  async #send(body: string, delaySeconds: number): Promise<void> {
    await run((db) => sendMessage(db, this.name, { body, attributes: {}, delaySeconds }, this.nowMs));
    const visibleMs = this.nowMs + delaySeconds * 1_000;
    this.model.messages.push({ body, sentMs: this.nowMs, visibleMs, receives: 0, receipts: [] });
  }

  async #receive(most: number): Promise<void> {
    const { messages } = await run((db) => receiveMessages(db, this.name, { most }, this.nowMs));
    const expected = this.model.receive(most, this.nowMs);
    assert.deepEqual(
      messages.map(({ body, receiveCount }) => [body, receiveCount]),
      expected.map(({ body, receives }) => [body, receives]),
    );
    for (const [n, message] of expected.entries()) message.receipts.push(messages[n] as Receipt);
  }

  /** With a receipt of any age; only the last one of a message does something. */
  async #settle({ does, which, seconds }: Extract<Step, { which: number }>): Promise<void> {
    const { model, name, nowMs } = this;
    const held = model.messages.flatMap((message) =>
      message.receipts.map((receipt) => ({ message, receipt, good: receipt === message.receipts.at(-1) })),
    );
    const chosen = held[which % held.length];
    if (!chosen) return;
    const { message, receipt, good } = chosen;
    if (does === 'delete') {
      await run((db) => deleteMessages(db, name, [receipt]));
      if (good) model.messages = model.messages.filter((m) => m !== message);
    } else {
      const hidden = await run((db) => changeVisibility(db, name, receipt, seconds, nowMs));
      assert.equal(hidden, good && message.visibleMs > nowMs);
      if (hidden) message.visibleMs = nowMs + seconds * 1_000;
    }
  }

  async end(): Promise<void> {
    const { messages } = await run((db) => receiveMessages(db, this.dead, { most: 1_000 }, this.nowMs));
    const given = messages.map(({ body, receiveCount }) => [body, receiveCount]);
    assert.deepEqual(given.sort(), this.model.dead.map((body) => [body, 1]).sort());
  }
}

test('what is sent, received, hidden and deleted is as in the model', { timeout: 240_000 }, async () => {
  const property = fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 40 }), async (script) => {
    const play = new Play();
    await play.begin();
    for (const [i, step] of script.entries()) await play.take(step, `${i}`);
    await play.end();
  });
  await fc.assert(property, { numRuns: 40 });
});
