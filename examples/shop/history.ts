import { customerId } from './functions/shared/customer.ts';
import { CURRENCY, PRODUCTS, type Product } from './functions/shared/products.ts';
import { type Person, personAt } from './shoppers/person.ts';
import { type Random, randomOf } from './shoppers/random.ts';

/** A message of Segment's HTTP API, marked as demo data. */
export type HistoryMessage = {
  /** Derived from seed, person, day and position in the day, so that loading twice adds nothing. */
  messageId: string;
  /** ISO 8601, UTC. */
  timestamp: string;
  anonymousId: string;
  userId?: string;
  context: { upstack: { demo: true } };
} & (
  | { type: 'track'; event: string; properties: Record<string, unknown> }
  | { type: 'identify'; traits: Record<string, unknown> }
);

export interface HistoryOptions {
  seed: number;
  /** How long ago the shop opened; 90 by default. */
  days?: number;
  /** Total number of people; 4,000 by default. */
  people?: number;
  /** The end of the history, epoch milliseconds; no message is later. */
  endMs: number;
}

/** A person's habit: how long they stay a customer, how often they come, and whether they adopt new features. */
interface Habit {
  share: number;
  meanDays: number;
  visitsPerDay: number;
  adopts: number;
  orders: number;
}

const HABITS: readonly Habit[] = [
  { share: 0.45, meanDays: 2, visitsPerDay: 0.3, adopts: 0.08, orders: 0.3 },
  { share: 0.32, meanDays: 32, visitsPerDay: 0.17, adopts: 0.3, orders: 0.35 },
  { share: 0.23, meanDays: 170, visitsPerDay: 0.42, adopts: 0.65, orders: 0.45 },
];

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const DEFAULT_PEOPLE = 4_000;
const BATCH = 1_000;
/** Relative traffic per weekday, Sunday first. */
const WEEKDAYS = [1.2, 1, 0.95, 0.95, 1, 0.85, 1.05];
/** Arrivals on the last day relative to the first. */
const GROWTH = 4;
export const WISHLIST = 'Wishlist Used';
/** The wishlist's launch, days before the end; adopters find it within about two weeks. */
export const WISHLIST_AGE_DAYS = 40;
const DISCOVERY_DAYS = 12;
const WISHLIST_USE = 0.4;
const SIGNS_UP = 0.5;
/** People active within this time are likely customers now (STAYS); others rarely are (RETURNS). */
const RECENT_MS = 7 * DAY_MS;
const STAYS = 0.68;
const RETURNS = 0.03;

/**
 * The generated past of the shop, in batches of at most 1,000 messages, person by person and chronological within each
 * person. The same options give the same messages. A later `endMs` on the same UTC day only adds messages; another day
 * shifts all of them, so load a history once.
 */
export function* generateHistory(options: HistoryOptions): Generator<HistoryMessage[]> {
  const { seed, days = DEFAULT_DAYS, people = DEFAULT_PEOPLE, endMs } = options;
  let batch: HistoryMessage[] = [];
  for (let index = 0; index < people; index++) {
    for (const message of lifeOf(personAt(seed, index), { seed, days, people, endMs })) {
      batch.push(message);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/**
 * The numbers of the people with whom the simulated shoppers continue this history: about two thirds of those active in
 * its last seven days and a few of the others. About 1,100 numbers, in random order.
 */
export function recentCustomers(options: HistoryOptions): number[] {
  const { seed, days = DEFAULT_DAYS, people = DEFAULT_PEOPLE, endMs } = options;
  const random = randomOf(seed, 'customers');
  const drawn: { index: number; place: number }[] = [];
  for (let index = 0; index < people; index++) {
    const [dice, place] = [random.next(), random.next()];
    const messages = [...lifeOf(personAt(seed, index), { seed, days, people, endMs })];
    const last = messages.at(-1);
    if (last === undefined) continue;
    const wasRecent = Date.parse(last.timestamp) > endMs - RECENT_MS;
    if (dice < (wasRecent ? STAYS : RETURNS)) drawn.push({ index, place });
  }
  return drawn.sort((a, b) => a.place - b.place).map(({ index }) => index);
}

function* lifeOf(person: Person, options: Required<HistoryOptions>): Generator<HistoryMessage> {
  const { seed, days, people, endMs } = options;
  const random = randomOf(seed, 'history', person.index);
  const habit = habitOf(random);
  const today = Math.floor(endMs / DAY_MS);
  const opening = today - days + 1;
  const arrival = opening + Math.floor(days * arrivalQuantile((person.index + random.next()) / people));
  const lastDay = arrival + random.exponential(habit.meanDays);
  const launch = today - WISHLIST_AGE_DAYS;
  const adopts = random.chance(habit.adopts);
  const adoption = Math.max(launch, arrival) + Math.floor(random.exponential(DISCOVERY_DAYS));
  const diary = new Diary(person, seed, endMs);
  for (let day = arrival; day <= Math.min(lastDay, today); day++) {
    const busy = WEEKDAYS[(day + 4) % 7] as number;
    if (day !== arrival && !random.chance(Math.min(1, habit.visitsPerDay * busy))) continue;
    diary.open(day, random);
    visit(diary, habit, adopts && day >= adoption, random);
    yield* diary.close();
  }
}

function visit(diary: Diary, habit: Habit, knowsWishlist: boolean, random: Random): void {
  const views = 1 + random.poisson(2);
  let product = random.pick(PRODUCTS);
  for (let i = 0; i < views; i++) {
    if (i > 0) product = random.pick(PRODUCTS);
    if (i > 0 && random.chance(0.2))
      diary.track('Recommendation Clicked', { sku: product.sku, kind: product.kind });
    diary.track('Product Viewed', viewOf(product));
    if (knowsWishlist && random.chance(WISHLIST_USE / views)) diary.track(WISHLIST, { sku: product.sku });
  }
  if (!random.chance(habit.orders)) return;
  const quantity = random.chance(0.8) ? 1 : 2;
  diary.track('Product Added', { ...viewOf(product), quantity, currency: CURRENCY });
  if (random.chance(0.15)) return;
  if (!diary.known && random.chance(SIGNS_UP)) diary.signUp();
  diary.meet();
  const order = {
    orderId: diary.orderId(),
    total: (product.priceCents * quantity) / 100,
    currency: CURRENCY,
  };
  diary.track('Checkout Started', order);
  if (random.chance(0.93)) diary.track('Order Completed', order);
}

/** One person's messages, day by day. */
class Diary {
  known = false;
  #person: Person;
  #userId: string;
  #prefix: string;
  #endMs: number;
  #day = 0;
  #atMs = 0;
  #random: Random | undefined;
  #today: HistoryMessage[] = [];

  constructor(person: Person, seed: number, endMs: number) {
    this.#person = person;
    this.#userId = customerId(person.email);
    this.#prefix = `demo-${seed}-${person.index}`;
    this.#endMs = endMs;
  }

  /** Begins a visit, at breakfast or after dinner. */
  open(day: number, random: Random): void {
    const hour = random.chance(0.4) ? 7 + 3 * random.next() : 18 + 4 * random.next();
    this.#day = day;
    this.#atMs = day * DAY_MS + Math.floor(hour * 3_600_000);
    this.#random = random;
    this.#today = [];
  }

  /** The messages of that day, up to the end of the history. */
  close(): HistoryMessage[] {
    return this.#today.filter((message) => Date.parse(message.timestamp) <= this.#endMs);
  }

  track(event: string, properties: Record<string, unknown>): void {
    this.#today.push({ type: 'track', event, properties, ...this.#envelope() });
  }

  signUp(): void {
    this.known = true;
    const { email, name } = this.#person;
    this.#today.push({ type: 'identify', traits: { email, name }, ...this.#envelope() });
    this.track('Signed Up', { method: 'email' });
  }

  /** Identifies the person from here on: the order has an address. */
  meet(): void {
    this.known = true;
  }

  orderId(): string {
    return `ord_${this.#prefix}-${this.#day}`;
  }

  #envelope(): Pick<HistoryMessage, 'messageId' | 'timestamp' | 'anonymousId' | 'userId' | 'context'> {
    this.#atMs += 5_000 + Math.floor((this.#random as Random).exponential(25_000));
    return {
      messageId: `${this.#prefix}-${this.#day}-${this.#today.length}`,
      timestamp: new Date(this.#atMs).toISOString(),
      anonymousId: this.#person.visitorId,
      ...(this.known ? { userId: this.#userId } : {}),
      context: { upstack: { demo: true } },
    };
  }
}

function habitOf(random: Random): Habit {
  let dice = random.next();
  for (const habit of HABITS) {
    if (dice < habit.share) return habit;
    dice -= habit.share;
  }
  return HABITS[0] as Habit;
}

/** The fraction of the time after which `share` of all people have arrived; arrivals grow linearly from 1 to GROWTH. */
function arrivalQuantile(share: number): number {
  const slope = GROWTH - 1;
  return (Math.sqrt(1 + slope * (slope + 2) * share) - 1) / slope;
}

function viewOf({ sku, kind, priceCents }: Product): Record<string, unknown> {
  return { sku, kind, price: priceCents / 100 };
}
