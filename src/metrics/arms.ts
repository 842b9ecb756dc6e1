import type { Arm } from '../../sdk/src/core/assignment.ts';

/** One row of a compiled look: one arm in one stage. */
export interface ArmRow {
  /** `both` are units that were seen in two arms. */
  arm: Arm | 'both';
  stage: number;
  exposures: number;
  /** Per metric: units that can be judged, and those of them with the event. */
  units: number[];
  events: number[];
}

export interface ArmCounts {
  units: number;
  events: number;
}

/** Both arms of one stage. */
export type StageArms = Record<Arm, ArmCounts>;

export interface RunCounts {
  /** Per metric, per stage. */
  metrics: StageArms[][];
  /** Exposed units per stage (`events` is 0). */
  exposures: StageArms[];
  /** Units that were seen in both arms; they are in no other count. */
  crossed: number;
}

/** Sorts the rows of a look by metric and stage; rows of other stages (there should be none) are left out. */
export function runCounts(rows: readonly ArmRow[], metrics: number, stages: number): RunCounts {
  const stageArms = (counts: (row: ArmRow) => ArmCounts): StageArms[] =>
    Array.from({ length: stages }, (_, stage) => {
      const of = (arm: Arm): ArmCounts => {
        const row = rows.find((each) => each.stage === stage && each.arm === arm);
        return row ? counts(row) : { units: 0, events: 0 };
      };
      return { control: of('control'), treatment: of('treatment') };
    });
  return {
    metrics: Array.from({ length: metrics }, (_, i) =>
      stageArms((row) => ({ units: row.units[i] ?? 0, events: row.events[i] ?? 0 })),
    ),
    exposures: stageArms((row) => ({ units: row.exposures, events: 0 })),
    crossed: rows.reduce((sum, row) => sum + (row.arm === 'both' ? row.exposures : 0), 0),
  };
}
