/**
 * Ends one run. States:
 *
 * - withdrawing: withdraws the treatment, with retries, until its control confirms.
 * - recording: writes the end, with retries, until the state engine has it.
 * - ended: verdict, decision, journal and finding are written.
 *
 * Invariants: the end is recorded only after the withdrawal is confirmed; the withdrawal never waits for a record.
 */
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { Pause } from '../../lib/pause.ts';
import { within } from '../../lib/within.ts';
import { showTreatment } from '../../treatments/kinds.ts';
import type { TreatmentControl } from '../../treatments/treatment.ts';
import type { End, Run } from '../definition/experiment.ts';
import { type Entry, endEntries, unconfirmedEntry } from '../journal.ts';
import type { RunMessage } from '../schema.ts';
import type { RunStore } from '../store.ts';
import { summaryOf } from '../view.ts';
import type { LastLook } from './run-record-store.ts';

export interface EndingOptions {
  store: RunStore;
  control: TreatmentControl;
  clock: Clock;
  log: Log;
  tell(event: RunMessage): void;
}

const MAX_ATTEMPT_MS = 3_000;
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 2_000;

export class Ending {
  readonly end: End;
  #run: Run;
  #entries: Entry[];
  #options: EndingOptions;
  #pause: Pause;
  #left = false;
  #withdrawn = false;
  #withdrawal: Promise<Date>;

  /** Starts the withdrawal synchronously. `entries` precede the entries of the end. */
  constructor(run: Run, end: End, entries: Entry[], options: EndingOptions) {
    this.end = end;
    this.#run = run;
    this.#entries = entries;
    this.#options = options;
    this.#pause = new Pause(options.clock);
    this.#withdrawal = this.#withdraw();
    this.#withdrawal.catch(() => undefined);
  }

  /** Whether the withdrawal is confirmed. */
  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  /** Records the end once the withdrawal is confirmed. Rejects only after `leave`. */
  async record(last: LastLook | undefined): Promise<Run> {
    const withdrawnAt = await this.#withdrawal;
    const { store, clock, tell } = this.#options;
    const { runId, experiment } = this.#run;
    const { end } = this;
    const record = {
      end,
      entries: [...this.#entries, ...endEntries(end, withdrawnAt)],
      outcome: {
        runId,
        experiment: experiment.name,
        title: experiment.title,
        verdict: end.verdict,
        reason: end.reason,
        function: experiment.function,
        treatment: showTreatment(experiment.treatment, experiment.function).text,
      },
      ...(last?.sequence === undefined ? {} : { look: { sequence: last.sequence, view: last.view } }),
    };
    return this.#untilDone('the end of the run is not recorded; retrying', async () => {
      const result = await store.end(runId, record, new Date(clock.now()));
      const run = result?.run ?? (await store.get(runId));
      tell({ run: summaryOf(run), ...(last ? { look: last.view } : {}), journal: result?.journal ?? [] });
      return run;
    });
  }

  /** Stops retrying; the next start of the control room withdraws and records. */
  leave(): void {
    this.#left = true;
    this.#pause.end();
  }

  async #withdraw(): Promise<Date> {
    const { control, clock } = this.#options;
    await this.#untilDone(
      'the withdrawal is not confirmed; retrying',
      () => within(MAX_ATTEMPT_MS, 'the withdrawal', control.withdraw(this.#run.runId)),
      (error) => this.#note(unconfirmedEntry(error)),
    );
    this.#withdrawn = true;
    return new Date(clock.now());
  }

  async #untilDone<Result>(
    complaint: string,
    attempt: () => Promise<Result>,
    onFirstFailure: (error: unknown) => void = () => undefined,
  ): Promise<Result> {
    const { clock, log } = this.#options;
    for (let pauseMs = MIN_PAUSE_MS, failed = 1; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS), failed++) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#left) throw error;
        log.warn({ run: this.#run.runId, error: String(error) }, complaint);
        if (failed === 1) onFirstFailure(error);
        await this.#pause.until(clock.monotonic() + pauseMs);
      }
    }
  }

  /** Journals one entry in the background. */
  #note(entry: Entry): void {
    const { store, clock, log, tell } = this.#options;
    const run = this.#run;
    store.append(run.runId, [entry], new Date(clock.now())).then(
      (journal) => tell({ run: summaryOf(run), journal }),
      (error) => log.warn({ run: run.runId, error: String(error) }, 'the journal cannot be written'),
    );
  }
}
