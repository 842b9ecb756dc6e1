/** A kind of treatment that exists in tests alone: whatever a run needs of one, in one file. */
import type { Application, Treatment, TreatmentControl, TreatmentKind } from './treatment.ts';

export interface Brownout extends Treatment {
  readonly kind: 'brownout';
  readonly level: number;
}

const MAX_LEVEL = 5;

/** Remembers what it was asked for. A withdrawal fails as often as told, and takes a while to be confirmed. */
class BrownoutControl implements TreatmentControl<Brownout> {
  applied: Application<Brownout>[] = [];
  /** Runs whose withdrawal was confirmed, in their order. */
  withdrawn: string[] = [];
  failures = 0;

  async apply(application: Application<Brownout>): Promise<void> {
    this.applied.push(application);
  }

  widen(application: Application<Brownout>): Promise<void> {
    return this.apply(application);
  }

  async withdraw(run: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (this.failures-- > 0) throw new Error('the dimmer did not answer');
    this.withdrawn.push(run);
  }
}

export const brownoutControl = new BrownoutControl();

export const brownout: TreatmentKind<Brownout> = {
  key: 'brownout',
  example: '{level: 3}',
  read(field) {
    const level = field.fields(['level']).need('level', '3');
    const value = level.number();
    if (!(Number.isInteger(value) && value >= 1 && value <= MAX_LEVEL))
      level.fail(`must be 1 to ${MAX_LEVEL}`);
    return { kind: 'brownout', level: value };
  },
  describe: ({ level }, functionName) => `brownout ${level} of ${functionName}`,
  detail: ({ level }) => ({ level }),
  delayMs: () => 0,
  control: () => brownoutControl,
};
