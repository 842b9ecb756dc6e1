import { setTimeout as wait } from 'node:timers/promises';
import { Browser, Network, type Sample } from './browser.ts';
import { Crowd, type Visit } from './crowd.ts';
import { planVisit, type Step } from './journey.ts';
import { type Outcome, reaction } from './person.ts';
import { randomOf } from './random.ts';

export interface ShoppersOptions {
  /** The storefront's function URL. */
  storefront: string;
  /** New visits per second, 0.1 to 200. */
  rate: number;
  seed: number;
  /** Speed-up of thinking time and patience relative to real people; 10 in the demo. */
  speed?: number;
  /** The distinct numbers of the initial customers. */
  customers: readonly number[];
  /** Maximum number of concurrent visits; further visitors are turned away. */
  maxConcurrent?: number;
}

export interface Totals {
  visits: number;
  /** Visits that ended as planned. */
  finished: number;
  /** Visits that ended because a step took too long, or kept failing. */
  leftImpatient: number;
  leftFailed: number;
  turnedAway: number;
  orders: number;
  requests: number;
  failedRequests: number;
  slowRequests: number;
  /** Mean time of a successful request, in milliseconds. */
  meanMs: number;
  inside: number;
  churned: number;
  newcomers: number;
}

export interface Shoppers {
  totals(): Totals;
  /** Stops arrivals, gives current visits two seconds to finish, and closes the connections. */
  stop(): Promise<Totals>;
}

export const DEFAULTS = { rate: 36, seed: 7, speed: 10, maxConcurrent: 400 } as const;
/** Traffic ramps up over this time, so that a newly deployed shop is not flooded while it starts. */
const OPENING_MS = 5_000;
const FIRST_SHARE = 0.1;
const CLOSING_MS = 2_000;
/** After a pause of the process, such as a closed laptop, at most this many missed arrivals come at once. */
const MAX_CATCH_UP = 10;

/** Simulates people who use the shop over HTTP until stopped. Arrivals do not depend on the shop's performance. */
export function startShoppers(options: ShoppersOptions): Shoppers {
  const street = new Street(options);
  street.open();
  return { totals: () => street.totals(), stop: () => street.close() };
}

class Street {
  #storefront: URL;
  #speed: number;
  #gapMs: number;
  #maxConcurrent: number;
  #crowd: Crowd;
  #network: Network;
  #arrivals: ReturnType<typeof randomOf>;
  #closing = new AbortController();
  #inside = new Set<Promise<void>>();
  #counts = { visits: 0, finished: 0, leftImpatient: 0, leftFailed: 0, turnedAway: 0, orders: 0 };
  #requests = { requests: 0, failedRequests: 0, slowRequests: 0 };
  #workedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #openedAt = 0;
  #nextAt = 0;

  constructor(options: ShoppersOptions) {
    const { seed, rate, customers, speed = DEFAULTS.speed, maxConcurrent = DEFAULTS.maxConcurrent } = options;
    this.#storefront = new URL(options.storefront);
    this.#speed = speed;
    this.#gapMs = 1000 / rate;
    this.#maxConcurrent = maxConcurrent;
    this.#crowd = new Crowd(seed, customers);
    this.#network = new Network(maxConcurrent);
    this.#arrivals = randomOf(seed, 'arrivals');
  }

  open(): void {
    this.#openedAt = performance.now();
    this.#nextAt = this.#openedAt;
    this.#schedule();
  }

  totals(): Totals {
    const worked = this.#requests.requests - this.#requests.failedRequests - this.#requests.slowRequests;
    return {
      ...this.#counts,
      ...this.#requests,
      meanMs: worked === 0 ? 0 : Math.round((this.#workedMs / worked) * 10) / 10,
      inside: this.#inside.size,
      churned: this.#crowd.churned,
      newcomers: this.#crowd.newcomers,
    };
  }

  async close(): Promise<Totals> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await Promise.race([Promise.all(this.#inside), wait(CLOSING_MS, undefined, { ref: false })]);
    this.#network.close();
    return this.totals();
  }

  #schedule(): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => this.#letIn(), Math.max(0, this.#nextAt - performance.now()));
  }

  #letIn(): void {
    const now = performance.now();
    for (let i = 0; this.#nextAt <= now && i < MAX_CATCH_UP; i++) {
      const filled = Math.min(1, FIRST_SHARE + (now - this.#openedAt) / OPENING_MS);
      this.#nextAt += this.#arrivals.exponential(this.#gapMs / filled);
      if (this.#inside.size >= this.#maxConcurrent) this.#counts.turnedAway++;
      else this.#begin(this.#crowd.arrive());
    }
    this.#nextAt = Math.max(this.#nextAt, now);
    this.#schedule();
  }

  #begin(visit: Visit): void {
    this.#counts.visits++;
    const stay = this.#stay(visit).finally(() => this.#inside.delete(stay));
    this.#inside.add(stay);
  }

  async #stay({ person, isFirst, random }: Visit): Promise<void> {
    const browser = new Browser({
      network: this.#network,
      storefront: this.#storefront,
      person,
      patienceMs: person.patienceMs / this.#speed,
      onSample: (sample) => this.#note(sample),
    });
    let outcome: Outcome | 'sent out' = 'done';
    for (const step of planVisit(person, isFirst, random)) {
      outcome = await this.#through(step, browser, (kind, tries) => reaction(person, kind, tries));
      if (outcome !== 'done') break;
      if (step.kind === 'confirm') this.#counts.orders++;
    }
    if (outcome === 'sent out') return;
    if (outcome === 'done') this.#counts.finished++;
    else if (outcome === 'slow') this.#counts.leftImpatient++;
    else this.#counts.leftFailed++;
    this.#crowd.leave(person, outcome);
  }

  /** Takes one step, with the person's retries. */
  async #through(
    step: Step,
    browser: Browser,
    react: (outcome: Outcome, tries: number) => ReturnType<typeof reaction>,
  ): Promise<Outcome | 'sent out'> {
    for (let tries = 1; ; tries++) {
      await wait(step.thinkMs / this.#speed);
      if (this.#closing.signal.aborted) return 'sent out';
      const outcome = await browser.take(step);
      if (react(outcome, tries) !== 'try again') return outcome;
    }
  }

  #note({ outcome, elapsedMs }: Sample): void {
    this.#requests.requests++;
    if (outcome === 'failed') this.#requests.failedRequests++;
    else if (outcome === 'slow') this.#requests.slowRequests++;
    else this.#workedMs += elapsedMs;
  }
}
