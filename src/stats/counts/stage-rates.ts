/** Units with an event and without, in two arms through periods of constant share. */
import { checkCount, checkStages, StatsInputError } from '../input.ts';

export interface ArmRate {
  /** Units with the event. */
  events: number;
  /** All units, with and without it. */
  units: number;
}

/** The same period of constant share in both arms. */
export interface StageRates {
  control: ArmRate;
  treatment: ArmRate;
  /** P(unit in treatment | unit in the experiment), between 0 and 1, neither of them. */
  share: number;
}

/** ln of the Mantel-Haenszel rate ratio: ±Infinity when one arm has no events, null when it is undefined. */
export function logRatioOf(stages: readonly StageRates[]): number | null {
  let [above, below] = [0, 0];
  for (const { control, treatment } of stages) {
    const units = control.units + treatment.units;
    if (units === 0) continue;
    above += treatment.events * (control.units / units);
    below += control.events * (treatment.units / units);
  }
  return above + below === 0 ? null : Math.log(above / below);
}

/** Approximate standard error of the log ratio, with half an event added to each arm. */
export function standardError(stages: readonly StageRates[]): number {
  const variance = (arm: 'control' | 'treatment') => {
    const { events, units } = stages.reduce((sum, stage) => sumOf(sum, stage[arm]), {
      events: 0.5,
      units: 1,
    });
    return 1 / events - 1 / units;
  };
  return Math.sqrt(variance('control') + variance('treatment'));
}

export function isEmpty(stages: readonly StageRates[], arm: 'control' | 'treatment'): boolean {
  return stages.every((stage) => stage[arm].units === 0);
}

/** Throws `StatsInputError` unless all are whole numbers, events at most units, and shares within (0, 1). */
export function checkRates(stages: readonly StageRates[]): void {
  checkStages(
    stages.map(({ control, treatment, share }) => ({
      control: control.units,
      treatment: treatment.units,
      share,
    })),
  );
  for (const [i, stage] of stages.entries()) {
    for (const arm of ['control', 'treatment'] as const) {
      const { events, units } = stage[arm];
      const name = `stages[${i}].${arm}.events`;
      checkCount(events, name);
      if (events > units)
        throw new StatsInputError(`${name} is ${events}: it must not exceed units, ${units}`);
    }
  }
}

/** The stages as seen by a bet on a higher rate in treatment: `down` swaps the arms. Merges stages of equal share. */
export function upward(stages: readonly StageRates[], direction: 'up' | 'down'): StageRates[] {
  const byShare = new Map<number, StageRates>();
  for (const stage of stages) {
    const { control, treatment, share } =
      direction === 'up'
        ? stage
        : { control: stage.treatment, treatment: stage.control, share: 1 - stage.share };
    const known = byShare.get(share);
    byShare.set(share, {
      control: sumOf(known?.control, control),
      treatment: sumOf(known?.treatment, treatment),
      share,
    });
  }
  return [...byShare.values()].filter(({ control, treatment }) => control.units + treatment.units > 0);
}

function sumOf(one: ArmRate | undefined, { events, units }: ArmRate): ArmRate {
  return { events: (one?.events ?? 0) + events, units: (one?.units ?? 0) + units };
}
