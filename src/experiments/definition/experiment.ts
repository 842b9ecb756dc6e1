import type { Metric } from '../../metrics/metric.ts';
import type { Slice, Treatment } from '../../treatments/treatment.ts';

export type Verdict = 'supported' | 'refuted' | 'undecided' | 'invalid';
export type Decision = 'promote' | 'abort' | 'conclude';

/** What is claimed, what is done to whom, what it is judged by, and when it ends. */
export interface Experiment {
  /** Short name, the same for every run of it. */
  name: string;
  title: string;
  hypothesis: string;
  description: string;
  tags: string[];
  function: string;
  treatment: Treatment;
  slice: Slice;
  goal: Goal;
  guardrails: Guardrail[];
  maxDurationMs: number;
  alpha: number;
}

export interface Goal {
  metric: Metric;
  /** The effect on which the hypothesis turns, on the metric's scale: a ratio treatment / control, or a difference. */
  margin: number;
}

export interface Guardrail {
  metric: Metric;
  /** Critical guardrails share half of alpha. */
  critical: boolean;
}

/** A period of constant share. */
export interface Stage {
  share: number;
  startedAtMs: number;
}

/** One execution of an experiment. */
export interface Run {
  runId: string;
  experiment: Experiment;
  /** The file it was made of, as it was given. */
  source: string;
  salt: string;
  status: 'running' | 'ended';
  verdict: Verdict | null;
  decision: Decision | null;
  reason: string | null;
  startedAt: Date;
  endedAt: Date | null;
  startedBy: string;
  stages: Stage[];
}

/** What ends a run: what the evidence says, what is done, and why. */
export interface End {
  verdict: Verdict;
  decision: Decision;
  reason: string;
}
