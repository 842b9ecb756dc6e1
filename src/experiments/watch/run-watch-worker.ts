import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { within } from '../../lib/within.ts';
import { describeTreatment, type TreatmentControl } from '../../treatments/treatment.ts';
import { delayOf, type End, type Run } from '../definition/experiment.ts';
import {
  appliedEntry,
  cannotEvaluateEntry,
  type Entry,
  endEntries,
  evaluatedAgainEntry,
  exposedEntry,
} from '../journal.ts';
import type { JournalEntry, LookView, RunMessage } from '../schema.ts';
import type { RunStore } from '../store.ts';
import { summaryOf } from '../view.ts';
import { decide } from './decision.ts';
import { lateBecause, silentBecause } from './freshness.ts';
import { type Look, type LookCounts, lookOf, lookView } from './look.ts';

export interface WatchOptions {
  store: RunStore;
  treatments: TreatmentControl;
  /** Counts as of a time, epoch milliseconds. */
  read(run: Run, atMs: number): Promise<LookCounts>;
  /** Age of the oldest record that is accepted and cannot be counted yet, milliseconds. */
  lagMs(): number;
  /** How often telemetry could not be taken in, ever. */
  failures(): number;
  /** When the newest invocation of the function that can be read ended, epoch milliseconds. */
  newest(functionName: string, atMs: number): Promise<number | undefined>;
  clock: Clock;
  log: Log;
  tell(event: RunMessage): void;
}

/** A look at least this often, and at most this often when data arrive, milliseconds. */
const LOOK_EVERY_MS = 1_000;
const SOONEST_LOOK_MS = 200;
const RENEW_EVERY_MS = 900;
/** Neither a look nor its record may take longer. */
const LONGEST_STEP_MS = 3_000;
const MOST_STORED_LOOKS = 2_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Watches one run until its end. The treatment is renewed only after a look that could be evaluated, decided and
 * recorded; whatever fails, it is not renewed, and after a few failures the run ends. On an end the treatment is
 * withdrawn first, and only then is the end recorded, as often as it takes.
 */
export class RunWatch {
  #run: Run;
  #options: WatchOptions;
  #startedAt: number;
  #look: Look | undefined;
  #sequence = 0;
  #storedAt = Number.NEGATIVE_INFINITY;
  #stored: Look | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #treatedAt: number | undefined;
  #failures: number;
  #applied = false;
  #exposed = false;
  #missed = 0;
  #missedBecause = '';
  #end: { end: End; entries: Entry[] } | undefined;
  #pause: { soonest: number; timer: NodeJS.Timeout; wake: () => void } | undefined;
  #newData = false;
  #leaving = false;
  /** The ended run; rejects only when the watch is left before its end could be recorded. */
  readonly ended: Promise<Run>;

  constructor(run: Run, options: WatchOptions) {
    this.#run = run;
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
    this.#failures = options.failures();
    this.ended = this.#watch();
    this.ended.catch(() => undefined);
  }

  get functionName(): string {
    return this.#run.experiment.function;
  }

  /** New data can be counted: the next look comes at once, or as soon as it may. */
  wake(): void {
    this.#newData = true;
    const pause = this.#pause;
    if (!pause) return;
    clearTimeout(pause.timer);
    pause.timer = setTimeout(pause.wake, Math.max(0, pause.soonest - this.#options.clock.monotonic()));
  }

  /** Ends the run from outside, unless it is ending already. The treatment is withdrawn when this returns. */
  stop(end: End, entry?: Entry): void {
    this.#conclude(end, entry ? [entry] : []);
    this.#pause?.wake();
  }

  /** Gives up recording the end; the next start of the control room records it. */
  leave(): void {
    this.#leaving = true;
    this.#options.treatments.withdraw(this.#run.runId);
    this.#pause?.wake();
  }

  async #watch(): Promise<Run> {
    while (!this.#end && !this.#leaving) {
      const lookedAt = this.#options.clock.monotonic();
      this.#newData = false;
      await this.#step();
      if (!this.#end && !this.#leaving) {
        await this.#rest(
          lookedAt + (this.#newData ? SOONEST_LOOK_MS : LOOK_EVERY_MS),
          lookedAt + SOONEST_LOOK_MS,
        );
      }
    }
    if (!this.#end) throw new Error('the watch was left before the run ended');
    return this.#finish(this.#end.end, this.#end.entries);
  }

  /** One look and what follows from it. Never throws. */
  async #step(): Promise<void> {
    try {
      const atMs = this.#options.clock.now();
      const counts = await this.#count(atMs);
      if (this.#end || this.#leaving) return;
      const { experiment, stages, startedAt } = this.#run;
      this.#look = lookOf({ experiment, stages, startedAtMs: startedAt.getTime() }, counts, atMs, this.#look);
      this.#sequence++;
      if (this.#decide(0)) return;
      await this.#record(this.#look);
      if (this.#end || this.#leaving) return;
      this.#missed = 0;
      this.#renew();
    } catch (error) {
      await this.#miss(error);
    }
  }

  async #count(atMs: number): Promise<LookCounts> {
    const { clock, lagMs, failures, newest, read } = this.#options;
    const { experiment } = this.#run;
    const before = this.#failures;
    this.#failures = failures();
    mustNotMiss(lateBecause({ lagMs: lagMs(), failures: this.#failures - before }));
    const [counts, newestMs] = await within(
      LONGEST_STEP_MS,
      'the look',
      Promise.all([read(this.#run, atMs), newest(experiment.function, atMs)]),
    );
    mustNotMiss(
      silentBecause({
        function: experiment.function,
        treatedMs: this.#treatedAt === undefined ? undefined : clock.monotonic() - this.#treatedAt,
        silentMs: newestMs === undefined ? undefined : atMs - newestMs,
        delayMs: delayOf(experiment),
      }),
    );
    return counts;
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
    this.#options.treatments.withdraw(this.#run.runId);
    this.#end ??= { end, entries };
  }

  #renew(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#renewedAt < RENEW_EVERY_MS) return;
    const { runId, experiment, salt, stages, startedAt } = this.#run;
    this.#options.treatments.renew({
      run: runId,
      experiment: experiment.name,
      function: experiment.function,
      treatment: experiment.treatment,
      slice: experiment.slice,
      salt,
      stage: stages.length - 1,
      endsAtMs: startedAt.getTime() + experiment.maxDurationMs,
    });
    this.#renewedAt = now;
    this.#treatedAt ??= now;
  }

  /** Writes what the look brought, the first time with what is about to be done, and tells the live stream. */
  async #record(look: Look): Promise<void> {
    const { clock, tell } = this.#options;
    const { experiment } = this.#run;
    const exposedUnits = look.sampleRatio.control + look.sampleRatio.treatment;
    const entries = [
      ...(this.#applied ? [] : [appliedEntry(experiment)]),
      ...(this.#missed > 0 ? [evaluatedAgainEntry(this.#missed)] : []),
      ...(this.#exposed || exposedUnits === 0 ? [] : [exposedEntry(exposedUnits)]),
    ];
    const view = lookView(look);
    const now = clock.monotonic();
    const isDue =
      now - this.#storedAt >= Math.max(SOONEST_LOOK_MS, experiment.maxDurationMs / MOST_STORED_LOOKS);
    const journal = await within(
      LONGEST_STEP_MS,
      'the record of the look',
      this.#write(entries, isDue ? view : undefined),
    );
    if (isDue) {
      this.#storedAt = now;
      this.#stored = look;
    }
    this.#applied = true;
    this.#exposed ||= exposedUnits > 0;
    tell({ run: summaryOf(this.#run), look: view, ...(journal.length > 0 ? { journal } : {}) });
  }

  async #write(entries: Entry[], view: LookView | undefined): Promise<JournalEntry[]> {
    const { store, clock } = this.#options;
    const { runId } = this.#run;
    if (view) await store.addLook(runId, this.#sequence, view);
    return store.append(runId, entries, new Date(clock.now()));
  }

  async #miss(error: unknown): Promise<void> {
    if (this.#end || this.#leaving) return;
    this.#missed++;
    this.#missedBecause = error instanceof Error ? error.message : String(error);
    this.#options.log.warn(
      { run: this.#run.runId, missed: this.#missed, error: this.#missedBecause },
      'a look failed',
    );
    if (this.#decide(this.#missed) || this.#missed > 1) return;
    const entry = cannotEvaluateEntry(this.#missedBecause);
    try {
      const journal = await within(LONGEST_STEP_MS, 'the journal', this.#write([entry], undefined));
      this.#options.tell({ run: summaryOf(this.#run), journal });
    } catch (cause) {
      this.#options.log.warn({ run: this.#run.runId, error: String(cause) }, 'the journal cannot be written');
    }
  }

  async #finish(end: End, entries: Entry[]): Promise<Run> {
    const { store, clock, log, tell } = this.#options;
    const { runId, experiment } = this.#run;
    const view = this.#look && lookView(this.#look);
    const record = {
      end,
      entries: [...entries, ...endEntries(end)],
      outcome: {
        runId,
        experiment: experiment.name,
        title: experiment.title,
        verdict: end.verdict,
        reason: end.reason,
        function: experiment.function,
        treatment: describeTreatment(experiment.treatment, experiment.function),
      },
      // Its own number: a record of the same look may have been late and landed after all.
      ...(view && this.#stored !== this.#look ? { look: { sequence: this.#sequence + 1, view } } : {}),
    };
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const result = await store.end(runId, record, new Date(clock.now()));
        const run = result?.run ?? (await store.get(runId));
        tell({ run: summaryOf(run), ...(view ? { look: view } : {}), journal: result?.journal ?? [] });
        return run;
      } catch (error) {
        if (this.#leaving) throw error;
        log.warn(
          { run: runId, error: String(error) },
          'the end of the run is not recorded yet; trying again',
        );
        const now = clock.monotonic();
        await this.#rest(now + pauseMs, now + pauseMs);
      }
    }
  }

  /** Waits until `latest`, or when woken until `soonest`, both monotonic milliseconds. */
  #rest(latest: number, soonest: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(this.#pause?.timer);
        this.#pause = undefined;
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, latest - this.#options.clock.monotonic()));
      this.#pause = { soonest, timer, wake };
    });
  }
}

function mustNotMiss(why: string | undefined): void {
  if (why !== undefined) throw new Error(why);
}
