import type { Clock } from '../../lib/clock.ts';
import type { Run } from '../definition/experiment.ts';
import { appliedEntry, type Entry, evaluatedAgainEntry, exposedEntry } from '../journal.ts';
import type { JournalEntry, LookView } from '../schema.ts';
import type { RunStore } from '../store.ts';
import { type Look, lookView } from './look.ts';

const MIN_STORED_MS = 200;
const MAX_STORED_LOOKS = 2_000;

/** The last look of a run; `sequence` is set if the look is not stored yet. */
export interface LastLook {
  view: LookView;
  sequence?: number;
}

/** Writes looks (a sample of them) and journal of one run in progress. */
export class RunRecord {
  #run: Run;
  #store: RunStore;
  #clock: Clock;
  #sequence = 0;
  #storedAt = Number.NEGATIVE_INFINITY;
  #stored: Look | undefined;
  #applied = false;
  #exposed = false;

  constructor(run: Run, store: RunStore, clock: Clock) {
    this.#run = run;
    this.#store = store;
    this.#clock = clock;
  }

  /** Writes a look, and before the first application an entry that announces it. `missed` looks preceded it. */
  async look(look: Look, missed: number): Promise<{ view: LookView; journal: JournalEntry[] }> {
    const { experiment, runId } = this.#run;
    const sequence = ++this.#sequence;
    const exposedUnits = look.sampleRatio.control + look.sampleRatio.treatment;
    const view = lookView(look);
    const now = this.#clock.monotonic();
    const isDue =
      now - this.#storedAt >= Math.max(MIN_STORED_MS, experiment.maxDurationMs / MAX_STORED_LOOKS);
    if (isDue) await this.#store.addLook(runId, sequence, view);
    const journal = await this.note([
      ...(this.#applied ? [] : [appliedEntry(experiment)]),
      ...(missed > 0 ? [evaluatedAgainEntry(missed)] : []),
      ...(this.#exposed || exposedUnits === 0 ? [] : [exposedEntry(exposedUnits)]),
    ]);
    if (isDue) {
      this.#storedAt = now;
      this.#stored = look;
    }
    this.#applied = true;
    this.#exposed ||= exposedUnits > 0;
    return { view, journal };
  }

  note(entries: Entry[]): Promise<JournalEntry[]> {
    return this.#store.append(this.#run.runId, entries, new Date(this.#clock.now()));
  }

  /** The last look, for the record of the end. */
  last(look: Look): LastLook {
    const view = lookView(look);
    // A new sequence: an earlier, late write of the same look may have succeeded.
    return this.#stored === look ? { view } : { view, sequence: this.#sequence + 1 };
  }
}
