import type { Arm } from '../../sdk/src/core/assignment.ts';

/** What a compiled metric returns: units, and units with the event, of one arm in one stage. */
export interface ArmRow {
  arm: string;
  stage: number;
  units: number;
  events: number;
}

export interface ArmCounts {
  units: number;
  events: number;
}

/** Both arms of each stage, in the order of the stages. */
export type StageArms = Record<Arm, ArmCounts>;

/** Sorts rows into `stages` stages; rows of other arms or stages (there should be none) are left out. */
export function stageArms(rows: readonly ArmRow[], stages: number): StageArms[] {
  const of = (stage: number, arm: Arm): ArmCounts => {
    const row = rows.find((each) => each.stage === stage && each.arm === arm);
    return { units: row?.units ?? 0, events: row?.events ?? 0 };
  };
  return Array.from({ length: stages }, (_, stage) => ({
    control: of(stage, 'control'),
    treatment: of(stage, 'treatment'),
  }));
}
