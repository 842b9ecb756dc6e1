import type { Clock } from '../../lib/clock.ts';
import { within } from '../../lib/within.ts';
import type { RunTotals } from '../../metrics/arms.ts';
import { treatmentKind } from '../../treatments/kinds.ts';
import type { Run } from '../definition/experiment.ts';
import { lateBecause, silentBecause } from './freshness.ts';

/** The sources a watch reads. */
export interface Readings {
  /** Totals as of a time, epoch milliseconds. */
  read(run: Run, atMs: number): Promise<RunTotals>;
  /** When the newest invocation of the function that can be read ended, epoch milliseconds. */
  newest(functionName: string, atMs: number): Promise<number | undefined>;
  /** Age of the oldest record that is accepted and cannot be counted yet, milliseconds. */
  lagMs(): number;
  /** How often telemetry could not be taken in, ever. */
  failures(): number;
  clock: Clock;
}

const MAX_READ_MS = 3_000;

/** Reads the totals of one run, and rejects stale ones. */
export class FreshTotals {
  #run: Run;
  #readings: Readings;
  #failures: number;

  constructor(run: Run, readings: Readings) {
    this.#run = run;
    this.#readings = readings;
    this.#failures = readings.failures();
  }

  /**
   * Totals as of `atMs`, epoch milliseconds. `treatedAt` is the monotonic time of the first application, undefined before.
   * Throws after 3 s, and when data are late or lost or the treated function is silent.
   */
  async read(atMs: number, treatedAt: number | undefined): Promise<RunTotals> {
    const { clock, lagMs, failures, newest, read } = this.#readings;
    const { treatment, function: target } = this.#run.experiment;
    const before = this.#failures;
    this.#failures = failures();
    mustNotMiss(lateBecause({ lagMs: lagMs(), failures: this.#failures - before }));
    const both = Promise.all([read(this.#run, atMs), newest(target, atMs)]);
    const [totals, newestMs] = await within(MAX_READ_MS, 'the look', both);
    mustNotMiss(
      silentBecause({
        function: target,
        treatedMs: treatedAt === undefined ? undefined : clock.monotonic() - treatedAt,
        silentMs: newestMs === undefined ? undefined : atMs - newestMs,
        delayMs: treatmentKind(treatment).delayMs(treatment),
      }),
    );
    return totals;
  }
}

function mustNotMiss(why: string | undefined): void {
  if (why !== undefined) throw new Error(why);
}
