import { availableParallelism } from 'node:os';
import { FIRST_PROVISION_RETRY_MS, LAST_PROVISION_RETRY_MS } from '../limits.ts';

/** What provisioned concurrency has of a version. */
export interface Provisioned {
  /** Environments that are initialised, busy or not. */
  initialised: number;
  /** The last one that was started did not come to wait for work. */
  failed: boolean;
}

/** Environments that start at the same time: more would only slow each other down. */
export const MAX_STARTING = Math.max(2, availableParallelism());

/**
 * The members of a pool that are initialised before an invocation asks for them, and replaced when they end: at once,
 * but after a growing pause where one did not start, or ended again without having been used.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
export class Provision<Member> {
  #start: () => Member;
  #wanted = 0;
  #members = new Set<Member>();
  #starting = new Set<Member>();
  #failed = false;
  /** Ends in a row with no use in between. */
  #ends = 0;
  #retry: NodeJS.Timeout | undefined;

  /** `start` makes a member and starts it. */
  constructor(start: () => Member) {
    this.#start = start;
  }

  get state(): Provisioned {
    return { initialised: this.#members.size - this.#starting.size, failed: this.#failed };
  }

  get size(): number {
    return this.#members.size;
  }

  /** How many there are too many, since fewer are wanted than were. */
  get surplus(): number {
    return this.#members.size - this.#wanted;
  }

  has(member: Member): boolean {
    return this.#members.has(member);
  }

  /** Wants so many from now on, and starts those that are missing. */
  want(count: number): void {
    this.#wanted = count;
    this.#failed = false;
    this.#ends = 0;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#fill();
  }

  /** A member is initialised, or free again. */
  onIdle(member: Member): void {
    if (!this.#starting.delete(member)) return;
    this.#failed = false;
    this.#fill();
  }

  /** A member was given an invocation. */
  onTaken(member: Member): void {
    if (this.#members.has(member)) this.#ends = 0;
  }

  /** A member has ended, wanted or not. */
  onEnded(member: Member): void {
    if (!this.#members.delete(member)) return;
    const started = !this.#starting.delete(member);
    this.#failed ||= !started;
    const restMs = started && this.#ends === 0 ? 0 : retryMs(this.#ends);
    this.#ends++;
    if (restMs === 0) this.#fill();
    else this.#retryAfter(restMs);
  }

  #retryAfter(restMs: number): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#fill();
    }, restMs).unref();
  }

  /** Counts a member out that is about to be killed. */
  discard(member: Member): void {
    this.#members.delete(member);
    this.#starting.delete(member);
  }

  #fill(): void {
    if (this.#retry) return;
    while (this.#members.size < this.#wanted && this.#starting.size < MAX_STARTING) {
      const member = this.#start();
      this.#members.add(member);
      this.#starting.add(member);
    }
  }
}

/** 1 s, doubled with each end up to a minute. */
function retryMs(ends: number): number {
  return Math.min(FIRST_PROVISION_RETRY_MS * 2 ** ends, LAST_PROVISION_RETRY_MS);
}
