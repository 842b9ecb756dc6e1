import { describeMetric, labelOf } from '../metrics/definition.ts';
import type { Run } from './definition/experiment.ts';
import type { JournalEntry, LookView, RunSummary, RunView } from './schema.ts';

/** A run for lists and the live stream. */
export function summaryOf({ experiment, ...run }: Run): RunSummary {
  const { fault } = experiment.treatment;
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
    fault: { ...fault },
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
  return {
    ...summaryOf(run),
    goal: {
      metric: labelOf(goal.metric),
      marginRatio: goal.marginRatio,
      description: describeMetric(goal.metric),
    },
    guardrails: guardrails.map(({ metric }) => ({
      metric: labelOf(metric),
      description: describeMetric(metric),
    })),
    ...more,
    source: run.source,
  };
}
