import type { ArmCounts, StageArms } from '../../metrics/arms.ts';
import { directionOf, labelOf } from '../../metrics/definition.ts';
import { weightedAlphas } from '../../stats/combine.ts';
import { ratioBounds } from '../../stats/counts/counts.ts';
import { isMismatch, logMismatch } from '../../stats/counts/srm.ts';
import type { StageCounts } from '../../stats/input.ts';
import {
  boundScales,
  type Claim,
  type ClaimEvidence,
  latchGuardrail,
  latchHypothesis,
  type Reached,
  type State,
  weighCounts,
} from '../../stats/verdict.ts';
import type { Experiment, Stage } from '../definition/experiment.ts';
import type { LookView, MetricLook } from '../schema.ts';

/** What a look counts, per stage. */
export interface LookCounts {
  goal: StageArms[];
  /** In the order of the experiment's guardrails. */
  guardrails: StageArms[][];
  exposures: StageArms[];
  /** Units that were seen in both arms; they are in no other count. */
  crossed: number;
}

export interface MetricResult extends Claim {
  label: string;
  role: 'goal' | 'guardrail';
  stages: StageCounts[];
  control: ArmCounts;
  treatment: ArmCounts;
  alpha: number;
  evidence: ClaimEvidence;
  state: State;
  /** The claim that holds, as it was when it was reached. */
  reached: Reached<Moment> | undefined;
}

/** What was known at a look. */
interface Moment {
  elapsedMs: number;
  stages: StageCounts[];
}

/** One evaluation of a run: what was counted, and what it is evidence for. */
export interface Look {
  atMs: number;
  elapsedMs: number;
  /** The goal first, then the guardrails in their order. */
  metrics: MetricResult[];
  sampleRatio: LookView['sampleRatio'];
  crossed: number;
}

/**
 * Turns counts into evidence. Claims that `previous` had reached stay reached, and evidence for counts that did not
 * change is taken over from it.
 */
export function lookOf(
  {
    experiment,
    stages,
    startedAtMs,
  }: { experiment: Experiment; stages: readonly Stage[]; startedAtMs: number },
  counts: LookCounts,
  atMs: number,
  previous?: Look,
): Look {
  const alphas = weightedAlphas(
    experiment.alpha,
    experiment.guardrails.map(({ critical }) => critical),
  );
  const judge = (
    role: MetricResult['role'],
    index: number,
    claim: Claim & { label: string },
    arms: StageArms[],
  ) =>
    judged(
      {
        ...claim,
        role,
        alpha: role === 'goal' ? experiment.alpha : (alphas[index] as number),
        stages: withShares(arms, stages),
        control: total(arms, 'control'),
        treatment: total(arms, 'treatment'),
      },
      atMs - startedAtMs,
      previous?.metrics[role === 'goal' ? 0 : index + 1],
    );
  const { goal, guardrails } = experiment;
  return {
    atMs,
    elapsedMs: atMs - startedAtMs,
    metrics: [
      judge(
        'goal',
        0,
        { label: labelOf(goal.metric), direction: directionOf(goal.metric), marginRatio: goal.marginRatio },
        counts.goal,
      ),
      ...guardrails.map(({ metric }, i) =>
        judge(
          'guardrail',
          i,
          { label: labelOf(metric), direction: directionOf(metric), marginRatio: 1 },
          counts.guardrails[i] ?? [],
        ),
      ),
    ],
    sampleRatio: sampleRatioOf(counts.exposures, stages, previous),
    crossed: counts.crossed,
  };
}

type Unjudged = Omit<MetricResult, 'evidence' | 'state' | 'reached'>;

function judged(metric: Unjudged, elapsedMs: number, before: MetricResult | undefined): MetricResult {
  const { stages, role, alpha } = metric;
  const evidence =
    before && sameCounts(before.stages, stages) ? before.evidence : weighCounts(stages, metric);
  const latch = role === 'goal' ? latchHypothesis<Moment> : latchGuardrail<Moment>;
  const reached = latch(before?.reached, evidence, alpha, { elapsedMs, stages });
  return { ...metric, evidence, reached, state: reached?.state ?? 'open' };
}

function sameCounts(one: readonly StageCounts[], other: readonly StageCounts[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ control, treatment }, i) => control === other[i]?.control && treatment === other[i]?.treatment,
    )
  );
}

function withShares(arms: readonly StageArms[], stages: readonly Stage[]): StageCounts[] {
  return stages.map(({ share }, i) => ({
    share,
    control: arms[i]?.control.events ?? 0,
    treatment: arms[i]?.treatment.events ?? 0,
  }));
}

function total(arms: readonly StageArms[], arm: 'control' | 'treatment'): ArmCounts {
  return {
    units: arms.reduce((sum, stage) => sum + stage[arm].units, 0),
    events: arms.reduce((sum, stage) => sum + stage[arm].events, 0),
  };
}

function sampleRatioOf(
  exposures: readonly StageArms[],
  stages: readonly Stage[],
  previous: Look | undefined,
) {
  const units = stages.map(({ share }, i) => ({
    control: exposures[i]?.control.units ?? 0,
    treatment: exposures[i]?.treatment.units ?? 0,
    share,
  }));
  const logE = logMismatch(
    units.map(({ control, treatment, share }) => ({
      counts: [control, treatment],
      shares: [1 - share, share],
    })),
  );
  return {
    control: total(exposures, 'control').units,
    treatment: total(exposures, 'treatment').units,
    share: stages.at(-1)?.share ?? 0,
    logE,
    mismatch: (previous?.sampleRatio.mismatch ?? false) || isMismatch(logE),
    stages: units,
  };
}

/** The goal's result; every look has one. */
export function goalOf(look: Look): MetricResult {
  return look.metrics[0] as MetricResult;
}

/** The look for the API: with the confidence sequences, which no decision needs. */
export function lookView(look: Look): LookView {
  return {
    at: new Date(look.atMs).toISOString(),
    elapsedMs: look.elapsedMs,
    metrics: look.metrics.map(metricView),
    sampleRatio: look.sampleRatio,
  };
}

function metricView(metric: MetricResult): MetricLook {
  const { label, role, direction, marginRatio, control, treatment, stages, alpha, evidence, state, reached } =
    metric;
  const { ratio, low, high } = ratioBounds(stages, { alpha, scales: boundScales(metric) });
  const defined = ratio !== null && ratio > 0 && Number.isFinite(ratio);
  return {
    metric: label,
    role,
    direction,
    marginRatio,
    control,
    treatment,
    ratio: defined ? ratio : null,
    low,
    high,
    ...evidence,
    alpha,
    stages,
    state,
    reached: reached ? { ...reached.snapshot, logE: reached.logE } : null,
  };
}
