import type { Clock } from '../../lib/clock.ts';
import type { Run } from '../definition/experiment.ts';
import { appliedEntry, type Entry, evaluatedAgainEntry, exposedEntry } from '../journal.ts';
import type { JournalEntry, LookView } from '../schema.ts';
import type { RunStore } from '../store.ts';
import { type Look, lookView } from './look.ts';

const MIN_STORED_MS = 200;
const MAX_STORED_LOOKS = 2_000;

/** The last look of a run: `sequence` when it is still to be stored. */
export interface LastLook {
  view: LookView;
  sequence?: number;
}

/** What one run leaves behind while it goes on: looks, not all of them, and journal. */
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

  /** Writes what the look brought, the first time with what is about to be done. `missed` looks came before it. */
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

  /** What the end of the run has to say of its last look. */
  last(look: Look): LastLook {
    const view = lookView(look);
    // Its own number: a record of the same look may have been late and landed after all.
    return this.#stored === look ? { view } : { view, sequence: this.#sequence + 1 };
  }
}
