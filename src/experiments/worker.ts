import type { EventsEngine } from '../engines/events/engine.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { newSecret } from '../lib/secret.ts';
import { within } from '../lib/within.ts';
import type { TreatmentControl } from '../treatments/treatment.ts';
import type { Experiment, Run } from './definition/experiment.ts';
import {
  abortRequestedEntry,
  type Entry,
  endEntries,
  RESTARTED,
  restartedEntry,
  STOPPED,
  startedEntry,
} from './journal.ts';
import { problem } from './problems.ts';
import { newestInvocation, readCounts } from './queries.ts';
import type { RunMessage, RunSummary } from './schema.ts';
import type { RunStore } from './store.ts';
import { summaryOf } from './view.ts';
import { RunWatch } from './watch/run-watch-worker.ts';

export interface WorkerOptions {
  store: RunStore;
  events: EventsEngine;
  /** What applies the treatment: the leases. */
  treatments: TreatmentControl;
  /** How far behind the events engine is, and how often telemetry could not be taken in; `Signals` is one. */
  signals: { lag(): { lagMs: number }; failures?(): number };
  log: Log;
  clock?: Clock;
}

/** How long an abort and a shutdown wait for the record, milliseconds. */
const LONGEST_RECORD_MS = 3_000;

const stopping = () => problem('stopping', 'the control room is stopping: start the run again in a moment');

/** Runs experiments: begins them, watches each until its end, and tells who subscribed. */
export class ExperimentWorker {
  #options: WorkerOptions;
  #clock: Clock;
  #watches = new Map<string, RunWatch>();
  #listeners = new Set<(event: RunMessage) => void>();
  /** Runs that are being stored and are not watched yet. */
  #beginning = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Ends every run that a previous life of the control room left running: no lease survived, so nothing is injected any
   * more. To be called before anything else.
   */
  async recover(): Promise<void> {
    const { store, log } = this.#options;
    for (const { runId } of await store.running()) {
      await store.end(
        runId,
        { end: RESTARTED, entries: [restartedEntry(), ...endEntries(RESTARTED)] },
        this.#now(),
      );
      log.info({ run: runId }, 'a run was ended: the control room restarted');
    }
  }

  /** Begins a run. Throws `experiments.target-busy` (409) while another one is active on the function. */
  async begin(
    experiment: Experiment,
    { source, startedBy, entries = [] }: { source: string; startedBy: string; entries?: Entry[] },
  ): Promise<RunSummary> {
    if (this.#closed) throw stopping();
    const startedAt = this.#now();
    const run: Run = {
      runId: newId('run', startedAt.getTime()),
      experiment,
      source,
      salt: newSecret(12),
      status: 'running',
      verdict: null,
      decision: null,
      reason: null,
      startedAt,
      endedAt: null,
      startedBy,
      stages: [{ share: experiment.slice.share, startedAtMs: startedAt.getTime() }],
    };
    const begun = this.#store(run, [startedEntry(experiment, startedBy), ...entries]);
    this.#beginning.add(begun);
    try {
      return await begun;
    } finally {
      this.#beginning.delete(begun);
    }
  }

  /** Stores the run and watches it, unless the control room stops meanwhile: then the run ends before it is treated. */
  async #store(run: Run, entries: Entry[]): Promise<RunSummary> {
    const { store, log } = this.#options;
    const journal = await store.begin(run, entries);
    if (this.#closed) {
      try {
        await store.end(run.runId, { end: STOPPED, entries: endEntries(STOPPED) }, this.#now());
      } catch (error) {
        log.warn({ run: run.runId, error: String(error) }, 'the end of a run is recorded at the next start');
      }
      throw stopping();
    }
    this.#tell({ run: summaryOf(run), journal });
    this.#watch(run);
    return summaryOf(run);
  }

  /**
   * Withdraws the treatment and ends the run. Throws `experiments.no-such-run` (404), `experiments.already-ended` (409),
   * and `experiments.not-recorded` (503) when the treatment is withdrawn but the state engine does not answer; the
   * record follows as soon as it does.
   */
  async abort(runId: string, { by, reason }: { by: string; reason: string }): Promise<RunSummary> {
    const watch = this.#watches.get(runId);
    if (!watch) {
      const run = await this.#options.store.get(runId);
      throw problem(
        'already-ended',
        `${runId} has ended (${run.decision === 'abort' ? 'aborted' : (run.verdict ?? 'no verdict')}): there is nothing to abort`,
      );
    }
    watch.stop(
      { verdict: 'undecided', decision: 'abort', reason: `aborted by ${by}: ${reason}` },
      abortRequestedEntry(by, reason),
    );
    const run = await within(LONGEST_RECORD_MS, 'the record', watch.ended).catch(() => undefined);
    if (!run)
      throw problem(
        'not-recorded',
        'the treatment is withdrawn; the end is recorded as soon as the state engine answers',
      );
    return summaryOf(run);
  }

  /** To be called when new data can be counted: every running run is looked at, each at most every 200 ms. */
  onFlushed(): void {
    for (const watch of this.#watches.values()) watch.wake();
  }

  /** Calls the listener for everything that happens to a run, until the returned function is called. */
  subscribe(listener: (event: RunMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Withdraws every treatment and ends every run; what cannot be recorded in time is recorded at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    const watches = [...this.#watches.values()];
    for (const watch of watches) watch.stop(STOPPED);
    const ended = Promise.allSettled([...watches.map((watch) => watch.ended), ...this.#beginning]);
    await within(LONGEST_RECORD_MS, 'the record', ended).catch(() => undefined);
    for (const watch of watches) watch.leave();
  }

  #watch(run: Run): void {
    const { store, events, treatments, signals, log } = this.#options;
    const watch = new RunWatch(run, {
      store,
      treatments,
      read: (watched, atMs) => readCounts(events, watched, atMs),
      newest: (functionName, atMs) => newestInvocation(events, functionName, atMs),
      lagMs: () => signals.lag().lagMs,
      failures: () => signals.failures?.() ?? 0,
      clock: this.#clock,
      log,
      tell: (event) => this.#tell(event),
    });
    this.#watches.set(run.runId, watch);
    void watch.ended.catch(() => undefined).then(() => this.#watches.delete(run.runId));
  }

  #tell(event: RunMessage): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#options.log.error({ error: String(error) }, 'a listener to runs failed');
      }
    }
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}
