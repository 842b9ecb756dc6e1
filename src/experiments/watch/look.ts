import type { RunTotals, StageArms, StageTotals } from '../../metrics/arms.ts';
import type { Evidence, Question } from '../../metrics/evidence.ts';
import { metricKind } from '../../metrics/kinds.ts';
import type { Metric } from '../../metrics/metric.ts';
import { type Direction, SCALES, type ScaleName } from '../../metrics/scale.ts';
import { weightedAlphas } from '../../stats/combine.ts';
import { isMismatch, logMismatch } from '../../stats/counts/srm.ts';
import { latchGuardrail, latchHypothesis, type Reached, type State } from '../../stats/verdict.ts';
import type { Experiment, Stage } from '../definition/experiment.ts';
import type { LookView, MetricLook } from '../schema.ts';

export interface MetricResult {
  label: string;
  role: 'goal' | 'guardrail';
  direction: Direction;
  scale: ScaleName;
  /** The effect on which its claim turns. */
  margin: number;
  alpha: number;
  totals: readonly StageTotals[];
  evidence: Evidence;
  state: State;
  /** The claim that holds, as it was when it was reached. */
  reached: Reached<Moment> | undefined;
}

/** What was known at a look. */
interface Moment {
  elapsedMs: number;
  question: Question;
}

/** One evaluation of a run: what was seen, and what it is evidence for. */
export interface Look {
  atMs: number;
  elapsedMs: number;
  /** The goal first, then the guardrails in their order. */
  metrics: MetricResult[];
  sampleRatio: LookView['sampleRatio'];
  crossed: number;
}

/** The metrics of an experiment in the order of a look: the goal first, then the guardrails in theirs. */
export function metricsOf({ goal, guardrails }: Experiment): Metric[] {
  return [goal.metric, ...guardrails.map(({ metric }) => metric)];
}

export interface LookedAt {
  experiment: Experiment;
  stages: readonly Stage[];
  startedAtMs: number;
}

/**
 * Turns totals into evidence. Claims that `previous` had reached stay reached, and evidence for totals that did not
 * change is taken over from it.
 */
export function lookOf(run: LookedAt, totals: RunTotals, atMs: number, previous?: Look): Look {
  const { experiment, stages, startedAtMs } = run;
  const { goal, guardrails, alpha } = experiment;
  const alphas = weightedAlphas(
    alpha,
    guardrails.map(({ critical }) => critical),
  );
  const elapsedMs = atMs - startedAtMs;
  return {
    atMs,
    elapsedMs,
    metrics: metricsOf(experiment).map((metric, i) =>
      judged(
        i === 0
          ? { metric, role: 'goal', margin: goal.margin, alpha }
          : { metric, role: 'guardrail', alpha: alphas[i - 1] as number },
        withShares(totals.metrics[i] ?? [], stages),
        elapsedMs,
        previous?.metrics[i],
      ),
    ),
    sampleRatio: sampleRatioOf(totals.exposures, stages, previous),
    crossed: totals.crossed,
  };
}

interface Part {
  metric: Metric;
  role: MetricResult['role'];
  /** That of no change unless given. */
  margin?: number;
  alpha: number;
}

function judged(
  { metric, role, margin, alpha }: Part,
  totals: StageTotals[],
  elapsedMs: number,
  before: MetricResult | undefined,
): MetricResult {
  const kind = metricKind(metric);
  const asked = { margin: margin ?? SCALES[kind.scale].none, alpha };
  const evidence =
    before && sameTotals(before.totals, totals) ? before.evidence : kind.weigh(metric, totals, asked);
  const latch = role === 'goal' ? latchHypothesis<Moment> : latchGuardrail<Moment>;
  const now = { elapsedMs, question: evidence.question };
  const reached = latch(before?.reached, evidence.claims, alpha, now);
  return {
    label: kind.label(metric),
    role,
    direction: kind.direction(metric),
    scale: kind.scale,
    ...asked,
    totals,
    evidence,
    reached,
    state: reached?.state ?? 'open',
  };
}

function sameTotals(one: readonly StageTotals[], other: readonly StageTotals[]): boolean {
  const same = (a: readonly number[] = [], b: readonly number[] = []) =>
    a.length === b.length && a.every((value, i) => value === b[i]);
  return (
    one.length === other.length &&
    one.every(
      (stage, i) => same(stage.control, other[i]?.control) && same(stage.treatment, other[i]?.treatment),
    )
  );
}

function withShares(arms: readonly StageArms[], stages: readonly Stage[]): StageTotals[] {
  return stages.map(({ share }, i) => ({
    share,
    control: arms[i]?.control ?? [],
    treatment: arms[i]?.treatment ?? [],
  }));
}

function sampleRatioOf(
  exposures: RunTotals['exposures'],
  stages: readonly Stage[],
  previous: Look | undefined,
): LookView['sampleRatio'] {
  const units = stages.map(({ share }, i) => ({
    control: exposures[i]?.control ?? 0,
    treatment: exposures[i]?.treatment ?? 0,
    share,
  }));
  const logE = logMismatch(
    units.map(({ control, treatment, share }) => ({
      counts: [control, treatment],
      shares: [1 - share, share],
    })),
  );
  return {
    control: units.reduce((sum, { control }) => sum + control, 0),
    treatment: units.reduce((sum, { treatment }) => sum + treatment, 0),
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

function metricView(result: MetricResult): MetricLook {
  const { label, role, direction, scale, margin, alpha, evidence, state, reached } = result;
  const { point, low, high } = evidence.effect();
  return {
    metric: label,
    role,
    direction,
    scale,
    margin,
    control: evidence.control,
    treatment: evidence.treatment,
    point: SCALES[scale].shown(point),
    low,
    high,
    ...evidence.claims,
    alpha,
    method: evidence.method,
    question: evidence.question,
    state,
    reached: reached ? { ...reached.snapshot, logE: reached.logE } : null,
  };
}
