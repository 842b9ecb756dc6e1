import { availableParallelism } from 'node:os';
import { systemClock } from '../clock.ts';
import type { Clock } from '../ports.ts';

/** On virtual machines, sleeping and waking takes half of the time of one exchange with a process. */
const WINDOW_MS = 0.25;
/** Window while invocations occupy all processors: whoever computes longer makes the next arrival late. */
const CROWDED_WINDOW_MS = 0.1;
/** Each arrival within the window earns one credit, up to this many. */
const MAX_CREDIT = 32;
/** A late arrival costs this many. */
const LATE_COST = 8;
/** Credits needed to start polling. */
const START_CREDIT = 16;
/** A turn of the event loop this long means that something else needs this processor. */
const MAX_TURN_MS = 2;
/** Polling at a stretch, before the loop may sleep once. */
const MAX_STRETCH_MS = 20;

export interface BusyPollOptions {
  /** Default true. */
  enabled?: boolean;
  /** Processors that this process may use; with a single one it never polls. */
  processors?: number;
  clock?: Pick<Clock, 'monotonic'>;
}

/**
 * Keeps the event loop awake between arrivals so close that sleeping and waking would take longer than the wait, as the
 * haltpoll governor of Linux does for virtual processors.
 *
 * States: sleeping (the event loop blocks between arrivals) and polling (one immediate per turn keeps it from blocking).
 * - sleeping to polling: an arrival with START_CREDIT.
 * - polling to sleeping: no arrival within the window; or a turn longer than MAX_TURN_MS, which costs all credit; or
 *   MAX_STRETCH_MS of polling, which costs none.
 *
 * Invariants:
 * - A poll is one immediate of constant work that schedules the next for the next turn. Between two of them the loop runs
 *   all ready I/O, all other immediates and all due timers: polling uses time in which the loop would sleep, no other.
 * - At most one immediate is pending.
 * - Who else needs the processor gets it: a long turn ends the polling.
 */
export class BusyPoll {
  #processors: number;
  #clock: Pick<Clock, 'monotonic'>;
  #running = 0;
  #at = Number.NEGATIVE_INFINITY;
  #credit = 0;
  #state: 'sleeping' | 'polling' = 'sleeping';
  #polls = 0;
  #startedAt = 0;
  #turnAt = 0;

  constructor({
    enabled = true,
    processors = availableParallelism(),
    clock = systemClock,
  }: BusyPollOptions = {}) {
    this.#processors = enabled ? processors : 1;
    this.#clock = clock;
  }

  get polling(): boolean {
    return this.#state === 'polling';
  }

  /** Polls since the start. */
  get polls(): number {
    return this.#polls;
  }

  /** An invocation runs in another process, until as many calls of `ended`. */
  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
  }

  /** Bytes arrived that are answered at once and may soon be followed by others. */
  arrived(): void {
    if (this.#processors < 2) return;
    const now = this.#clock.monotonic();
    const isNear = now - this.#at <= WINDOW_MS;
    this.#credit = isNear ? Math.min(this.#credit + 1, MAX_CREDIT) : Math.max(this.#credit - LATE_COST, 0);
    this.#at = now;
    if (this.#state === 'polling' || this.#credit < START_CREDIT) return;
    this.#state = 'polling';
    this.#startedAt = this.#turnAt = now;
    setImmediate(this.#poll);
  }

  #poll = (): void => {
    this.#polls++;
    const now = this.#clock.monotonic();
    const turnMs = now - this.#turnAt;
    this.#turnAt = now;
    if (turnMs > MAX_TURN_MS) this.#credit = 0;
    const windowMs = this.#running < this.#processors ? WINDOW_MS : CROWDED_WINDOW_MS;
    if (turnMs > MAX_TURN_MS || now - this.#at > windowMs || now - this.#startedAt > MAX_STRETCH_MS) {
      this.#state = 'sleeping';
    } else setImmediate(this.#poll);
  };
}
