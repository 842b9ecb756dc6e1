/** The tables of runs, and runs as their rows. */
import type { ColumnType, Selectable } from 'kysely';
import type { Decision, Experiment, Run, Stage, Verdict } from './definition/experiment.ts';
import type { LookView } from './schema.ts';

type Json<Value> = ColumnType<Value, string, never>;

/** The part of the database that runs own. */
export interface RunTables {
  runs: {
    run_id: string;
    experiment: string;
    function_name: string;
    definition: Json<Experiment>;
    source: string;
    salt: string;
    status: 'running' | 'ended';
    verdict: Verdict | null;
    decision: Decision | null;
    reason: string | null;
    started_at: Date;
    ended_at: Date | null;
    started_by: string;
    stage_started: Json<Stage[]>;
  };
  journal: {
    run_id: string;
    sequence: number;
    at: Date;
    kind: string;
    text: string;
    detail: Json<Record<string, unknown>>;
  };
  looks: { run_id: string; sequence: number; at: Date; look: Json<LookView> };
}

export type RunRow = Selectable<RunTables['runs']>;

export function fromRow(row: RunRow): Run {
  return {
    runId: row.run_id,
    experiment: row.definition,
    source: row.source,
    salt: row.salt,
    status: row.status,
    verdict: row.verdict,
    decision: row.decision,
    reason: row.reason,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    startedBy: row.started_by,
    stages: row.stage_started,
  };
}

export function toRow(run: Run) {
  return {
    run_id: run.runId,
    experiment: run.experiment.name,
    function_name: run.experiment.function,
    definition: JSON.stringify(run.experiment),
    source: run.source,
    salt: run.salt,
    status: run.status,
    verdict: run.verdict,
    decision: run.decision,
    reason: run.reason,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    started_by: run.startedBy,
    stage_started: JSON.stringify(run.stages),
  };
}
