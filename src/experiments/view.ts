import { metricKind } from '../metrics/kinds.ts';
import type { Metric } from '../metrics/metric.ts';
import { showTreatment } from '../treatments/kinds.ts';
import type { Run } from './definition/experiment.ts';
import type { JournalEntry, LookView, RunSummary, RunView } from './schema.ts';

/** A run for lists and the live stream. */
export function summaryOf({ experiment, ...run }: Run): RunSummary {
  return {
    runId: run.runId,
    experiment: experiment.name,
    title: experiment.title,
    hypothesis: experiment.hypothesis,
    status: run.status,
    verdict: run.verdict,
    decision: run.decision,
    reason: run.reason,
    function: experiment.function,
    treatment: showTreatment(experiment.treatment, experiment.function),
    unit: experiment.slice.unit,
    share: experiment.slice.share,
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    maxDurationMs: experiment.maxDurationMs,
    startedBy: run.startedBy,
  };
}

/** A run with everything that is known about it. */
export function viewOf(
  run: Run,
  more: { looks: LookView[]; journal: JournalEntry[]; injections: RunView['injections'] },
): RunView {
  const { goal, guardrails } = run.experiment;
  const kind = metricKind(goal.metric);
  return {
    ...summaryOf(run),
    goal: {
      ...named(goal.metric),
      direction: kind.direction(goal.metric),
      scale: kind.scale,
      margin: goal.margin,
    },
    guardrails: guardrails.map(({ metric }) => named(metric)),
    ...more,
    source: run.source,
  };
}

function named(metric: Metric): { metric: string; description: string } {
  const kind = metricKind(metric);
  return { metric: kind.label(metric), description: kind.describe(metric) };
}
