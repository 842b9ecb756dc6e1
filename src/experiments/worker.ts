import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { newSecret } from '../lib/crypto/secret.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { doneWithin, within } from '../lib/within.ts';
import { treatmentKind } from '../treatments/kinds.ts';
import type { TreatmentPorts } from '../treatments/treatment.ts';
import type { End, Experiment, Run } from './definition/experiment.ts';
import {
  abortRequestedEntry,
  type Entry,
  RESTARTED,
  restartedEntry,
  STOPPED,
  startedEntry,
} from './journal.ts';
import { problem } from './problems.ts';
import { newestInvocation, readTotals } from './queries.ts';
import type { RunMessage, RunSummary } from './schema.ts';
import type { RunStore } from './store.ts';
import { summaryOf } from './view.ts';
import { Ending, type EndingOptions } from './watch/ending-worker.ts';
import { RunWatch } from './watch/run-watch-worker.ts';

export interface WorkerOptions {
  store: RunStore;
  events: EventsEngine;
  /** What treatments are applied through. */
  treatments: TreatmentPorts;
  /** How far behind the events engine is, and how often telemetry could not be taken in; `Signals` is one. */
  signals: { lag(): { lagMs: number }; failures?(): number };
  log: Log;
  clock?: Clock;
}

/** How long an abort and a shutdown wait for the record, milliseconds. */
const MAX_RECORD_MS = 3_000;

const stopping = () => problem('stopping', 'the control room is stopping: start the run again in a moment');

/** Runs experiments: begins them, watches each until its end, and tells who subscribed. */
export class ExperimentWorker {
  #options: WorkerOptions;
  #clock: Clock;
  #watches = new Map<string, RunWatch>();
  /** Endings without a watch. */
  #endings = new Set<Ending>();
  #listeners = new Set<(event: RunMessage) => void>();
  /** Runs that are being stored and are not watched yet. */
  #beginning = new Set<Promise<unknown>>();
  #closed = false;
  #left = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Withdraws and ends every run left running by an earlier process. Call it before anything else. Waits at most 3 s per
   * run; slower ones end in the background, and their function stays busy until then.
   */
  async recover(): Promise<void> {
    const { store, log } = this.#options;
    for (const run of await store.running()) {
      const ended = this.#end(run, RESTARTED, [restartedEntry()]);
      if (await doneWithin(MAX_RECORD_MS, ended))
        log.info({ run: run.runId }, 'a run was ended: the control room restarted');
    }
  }

  /** Ends a run without a watch; listeners are not told. */
  #end(run: Run, end: End, entries: Entry[]): Promise<Run> {
    const ending = new Ending(run, end, entries, { ...this.#endingOptions(run), tell: () => undefined });
    this.#endings.add(ending);
    if (this.#left) ending.leave();
    return ending.record(undefined).finally(() => this.#endings.delete(ending));
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
      await this.#end(run, STOPPED, []).catch((error) =>
        log.warn({ run: run.runId, error: String(error) }, 'the end of a run is recorded at the next start'),
      );
      throw stopping();
    }
    this.#tell({ run: summaryOf(run), journal });
    this.#watch(run);
    return summaryOf(run);
  }

  /**
   * Withdraws the treatment and ends the run. Throws `experiments.no-such-run` (404), `experiments.already-ended` (409),
   * `experiments.not-withdrawn` (503) when the withdrawal is not confirmed in time, and `experiments.not-recorded` (503)
   * when the state engine does not answer; both follow as soon as they can.
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
    const run = await within(MAX_RECORD_MS, 'the record', watch.ended).catch(() => undefined);
    if (!run && !watch.withdrawn)
      throw problem('not-withdrawn', 'the withdrawal is not confirmed yet: it is retried until it is');
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
    await within(MAX_RECORD_MS, 'the record', ended).catch(() => undefined);
    this.#left = true;
    for (const watch of watches) watch.leave();
    for (const ending of this.#endings) ending.leave();
  }

  #watch(run: Run): void {
    const { events, signals } = this.#options;
    const watch = new RunWatch(run, {
      ...this.#endingOptions(run),
      read: (watched, atMs) => readTotals(events, DEFAULT_ENVIRONMENT, watched, atMs),
      newest: (functionName, atMs) => newestInvocation(events, DEFAULT_ENVIRONMENT, functionName, atMs),
      lagMs: () => signals.lag().lagMs,
      failures: () => signals.failures?.() ?? 0,
    });
    this.#watches.set(run.runId, watch);
    void watch.ended.catch(() => undefined).then(() => this.#watches.delete(run.runId));
  }

  #endingOptions({ experiment: { treatment } }: Run): EndingOptions {
    const { store, treatments, log } = this.#options;
    return {
      store,
      control: treatmentKind(treatment).control(treatments),
      clock: this.#clock,
      log,
      tell: (event) => this.#tell(event),
    };
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
