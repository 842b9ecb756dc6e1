import type { Arm } from '../../sdk/src/core/assignment.ts';

/** One row of a compiled look: one arm in one stage. */
export interface ArmRow {
  /** `both`: units seen in two arms. */
  arm: Arm | 'both';
  stage: number;
  exposures: number;
  /** Per metric, the totals its kind selects over judged units. */
  totals: number[][];
}

/** The totals of one metric in one stage. */
export type StageArms = Record<Arm, readonly number[]>;

/** With the treatment's share, constant within a stage. Totals are empty for an arm without units. */
export interface StageTotals extends StageArms {
  share: number;
}

/** All numbers of one look. */
export interface RunTotals {
  /** Per metric, per stage. */
  metrics: StageArms[][];
  /** Exposed units per stage. */
  exposures: Record<Arm, number>[];
  /** Units seen in both arms; excluded from all other numbers. */
  crossed: number;
}

/** Sorts the rows of a look by metric and stage; rows of other stages (there should be none) are left out. */
export function runTotals(rows: readonly ArmRow[], metrics: number, stages: number): RunTotals {
  const perStage = <Value>(of: (row: ArmRow | undefined) => Value): Record<Arm, Value>[] =>
    Array.from({ length: stages }, (_, stage) => {
      const row = (arm: Arm) => rows.find((each) => each.stage === stage && each.arm === arm);
      return { control: of(row('control')), treatment: of(row('treatment')) };
    });
  return {
    metrics: Array.from({ length: metrics }, (_, i) => perStage((row) => row?.totals[i] ?? [])),
    exposures: perStage((row) => row?.exposures ?? 0),
    crossed: rows.reduce((sum, row) => sum + (row.arm === 'both' ? row.exposures : 0), 0),
  };
}
