/**
 * Watches one run until its end. States:
 *
 * - watching: looks at least once a second and soon after new data. The treatment is applied only after a look was
 *   evaluated, decided and recorded. After a failure it is not applied; after a few failures the run ends.
 * - ending: a decision was made, here or by `stop` (`ending-worker.ts`). The withdrawal starts at once and the treatment
 *   is never applied again; the end is recorded when the current step is over.
 * - left: the control room stops. An unrecorded end is recorded at the next start.
 */

import { Pause } from '../../lib/pause.ts';
import { within } from '../../lib/within.ts';
import type { End, Run } from '../definition/experiment.ts';
import { cannotEvaluateEntry, type Entry } from '../journal.ts';
import { summaryOf } from '../view.ts';
import { decide } from './decision.ts';
import { Ending, type EndingOptions } from './ending-worker.ts';
import { FreshTotals, type Readings } from './fresh-totals-queries.ts';
import { type Look, lookOf } from './look.ts';
import { RunRecord } from './run-record-store.ts';

export interface WatchOptions extends EndingOptions, Readings {}

/** Longest and shortest time between two looks, milliseconds. */
const MAX_LOOK_MS = 1_000;
const MIN_LOOK_MS = 200;
const APPLY_EVERY_MS = 900;
/** Limit of one record and of one application. */
const MAX_STEP_MS = 3_000;

export class RunWatch {
  #run: Run;
  #options: WatchOptions;
  #totals: FreshTotals;
  #record: RunRecord;
  #pause: Pause;
  #startedAt: number;
  #look: Look | undefined;
  #appliedAt = Number.NEGATIVE_INFINITY;
  #treatedAt: number | undefined;
  #missed = 0;
  #missedBecause = '';
  #ending: Ending | undefined;
  #newData = false;
  #left = false;
  /** The ended run; rejects only when the watch is left before its end could be recorded. */
  readonly ended: Promise<Run>;

  constructor(run: Run, options: WatchOptions) {
    this.#run = run;
    this.#options = options;
    this.#totals = new FreshTotals(run, options);
    this.#record = new RunRecord(run, options.store, options.clock);
    this.#pause = new Pause(options.clock);
    this.#startedAt = options.clock.monotonic();
    this.ended = this.#watch();
    this.ended.catch(() => undefined);
  }

  /** Whether the withdrawal is confirmed. */
  get withdrawn(): boolean {
    return this.#ending?.withdrawn ?? false;
  }

  /** New data can be counted: the next look comes at once, or as soon as it may. */
  wake(): void {
    this.#newData = true;
    this.#pause.wake();
  }

  /** Ends the run, unless it is ending already. The withdrawal has started when this returns. */
  stop(end: End, entry?: Entry): void {
    this.#conclude(end, entry ? [entry] : []);
    this.#pause.end();
  }

  /** Stops retrying; the next start of the control room withdraws and records. Call `stop` first. */
  leave(): void {
    this.#left = true;
    this.#ending?.leave();
    this.#pause.end();
  }

  async #watch(): Promise<Run> {
    while (!this.#isOver()) {
      const lookedAt = this.#options.clock.monotonic();
      this.#newData = false;
      await this.#step();
      if (this.#isOver()) break;
      const soonest = lookedAt + MIN_LOOK_MS;
      await this.#pause.until(this.#newData ? soonest : lookedAt + MAX_LOOK_MS, soonest);
    }
    if (!this.#ending) throw new Error('the watch was left before the run ended');
    return this.#ending.record(this.#look && this.#record.last(this.#look));
  }

  #isOver(): boolean {
    return this.#ending !== undefined || this.#left;
  }

  /** One look and what follows from it. Never throws. */
  async #step(): Promise<void> {
    const { clock, tell } = this.#options;
    try {
      const atMs = clock.now();
      const totals = await this.#totals.read(atMs, this.#treatedAt);
      if (this.#isOver()) return;
      const { experiment, stages, startedAt } = this.#run;
      const run = { experiment, stages, startedAtMs: startedAt.getTime() };
      this.#look = lookOf(run, totals, atMs, this.#look);
      if (this.#decide(0)) return;
      const recorded = this.#record.look(this.#look, this.#missed);
      const { view, journal } = await within(MAX_STEP_MS, 'the record of the look', recorded);
      tell({ run: summaryOf(this.#run), look: view, ...(journal.length > 0 ? { journal } : {}) });
      if (this.#isOver()) return;
      await this.#apply();
      this.#missed = 0;
    } catch (error) {
      await this.#miss(error);
    }
  }

  #decide(missed: number): boolean {
    const end = decide({
      experiment: this.#run.experiment,
      look: this.#look,
      elapsedMs: this.#options.clock.monotonic() - this.#startedAt,
      missed,
      missedBecause: this.#missedBecause,
    });
    if (end) this.#conclude(end, []);
    return end !== undefined;
  }

  #conclude(end: End, entries: Entry[]): void {
    this.#ending ??= new Ending(this.#run, end, entries, this.#options);
  }

  async #apply(): Promise<void> {
    const { clock, control } = this.#options;
    const now = clock.monotonic();
    if (now - this.#appliedAt < APPLY_EVERY_MS) return;
    const { runId, experiment, salt, stages, startedAt } = this.#run;
    const applied = control.apply({
      run: runId,
      experiment: experiment.name,
      function: experiment.function,
      treatment: experiment.treatment,
      slice: experiment.slice,
      salt,
      stage: stages.length - 1,
      endsAtMs: startedAt.getTime() + experiment.maxDurationMs,
    });
    await within(MAX_STEP_MS, 'applying the treatment', applied);
    this.#appliedAt = now;
    this.#treatedAt ??= now;
  }

  async #miss(error: unknown): Promise<void> {
    if (this.#isOver()) return;
    const { log, tell } = this.#options;
    const { runId } = this.#run;
    this.#missed++;
    this.#missedBecause = error instanceof Error ? error.message : String(error);
    log.warn({ run: runId, missed: this.#missed, error: this.#missedBecause }, 'a look failed');
    if (this.#decide(this.#missed) || this.#missed > 1) return;
    try {
      const noted = this.#record.note([cannotEvaluateEntry(this.#missedBecause)]);
      const journal = await within(MAX_STEP_MS, 'the journal', noted);
      tell({ run: summaryOf(this.#run), journal });
    } catch (cause) {
      log.warn({ run: runId, error: String(cause) }, 'the journal cannot be written');
    }
  }
}
