import { z } from 'zod';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { defineOperations, operation } from '../access/operation.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { metricKind } from '../metrics/kinds.ts';
import type { Experiment } from './definition/experiment.ts';
import { parseExperiment } from './definition/file.ts';
import { readinessEntry } from './journal.ts';
import { problem } from './problems.ts';
import { lastKnownInjections } from './queries.ts';
import { readFacts } from './readiness/facts-queries.ts';
import { readiness } from './readiness/readiness.ts';
import { experimentRoutes } from './routes.ts';
import { type PlanView, planView, type RunSummary, runSummary, runView } from './schema.ts';
import type { RunStore } from './store.ts';
import { summaryOf, viewOf } from './view.ts';
import type { ExperimentWorker } from './worker.ts';

export interface ExperimentSources {
  store: RunStore;
  worker: ExperimentWorker;
  events: EventsEngine;
  /** Whether the compute engine has a function of this name. */
  functionExists(name: string): Promise<boolean>;
}

const source = z.string().describe('the experiment file, YAML or JSON');

export function experimentOperations(sources: ExperimentSources) {
  return defineOperations(experimentRoutes, { ...readOperations(sources), ...runOperations(sources) });
}

function readOperations({ store, events }: ExperimentSources) {
  const injectionsOf = lastKnownInjections(events, DEFAULT_ENVIRONMENT);
  return {
    listRuns: operation({
      summary: 'Every run, newest first',
      permission: 'read',
      effect: 'reads',
      input: z.object({}),
      output: z.object({ runs: z.array(runSummary) }),
      run: async () => ({ runs: (await store.list()).map(summaryOf) }),
    }),
    showRun: operation({
      summary: 'One run with its looks, journal and injections',
      permission: 'read',
      effect: 'reads',
      input: z.object({ runId: z.string() }),
      output: runView,
      run: async ({ runId }) => {
        const run = await store.get(runId);
        const [looks, journal, injections] = await Promise.all([
          store.looks(runId),
          store.journal(runId),
          injectionsOf(run),
        ]);
        return viewOf(run, { looks, journal, injections });
      },
    }),
  };
}

function runOperations(sources: ExperimentSources) {
  const { worker } = sources;
  return {
    startRun: operation({
      summary: 'Start a run of an experiment file',
      permission: 'operate',
      effect: 'acts-on-production',
      input: z.object({ source }),
      output: runSummary,
      run: async (input, caller, note) => {
        const experiment = parseExperiment(input.source);
        note({ subject: `${experiment.name} on ${experiment.function}` });
        await needFunctions(sources, experiment);
        const { checks } = await planOf(sources, experiment);
        const run = await worker.begin(experiment, {
          source: input.source,
          startedBy: caller.name,
          entries: [readinessEntry(checks)],
        });
        note({ subject: subjectOf(run), after: run.status });
        return run;
      },
    }),
    abortRun: operation({
      summary: 'Withdraw the treatment at once and end the run',
      permission: 'operate',
      effect: 'acts-on-production',
      input: z.object({ runId: z.string(), reason: z.string().max(500).optional() }),
      output: runSummary,
      // Withdrawing a treatment never waits for the audit log.
      urgent: true,
      run: async ({ runId, reason }, caller, note) => {
        const run = await worker.abort(runId, {
          by: caller.name,
          reason: reason?.trim() || 'no reason given',
        });
        note({ subject: subjectOf(run), before: 'running', after: `${run.status}: ${run.decision}` });
        return run;
      },
    }),
    planRun: operation({
      summary: 'What a run would take, and whether everything is prepared for it; changes nothing',
      permission: 'read',
      effect: 'reads',
      input: z.object({ source }),
      output: planView,
      run: async (input) => planOf(sources, parseExperiment(input.source)),
    }),
  };
}

function subjectOf({ runId, experiment, function: target }: RunSummary): string {
  return `${runId} (${experiment} on ${target})`;
}

/** Throws `experiments.no-such-function` (404) for the target or a function that a guardrail names. */
async function needFunctions(
  { functionExists }: ExperimentSources,
  { function: target, guardrails }: Experiment,
) {
  const named = guardrails.flatMap(({ metric }) => metricKind(metric).functionOf(metric) ?? []);
  for (const name of new Set([target, ...named])) {
    if (!(await functionExists(name))) {
      const where = name === target ? 'target.function' : 'guardrails';
      throw problem(
        'no-such-function',
        `${where}: there is no function ${name}: deploy it or correct the name`,
      );
    }
  }
}

async function planOf(sources: ExperimentSources, experiment: Experiment): Promise<PlanView> {
  const { slice, title, hypothesis, goal } = experiment;
  const { facts, needed, perSecond } = await readFacts(sources, experiment);
  return {
    experiment: experiment.name,
    title,
    hypothesis,
    function: experiment.function,
    share: slice.share,
    counted: metricKind(goal.metric).counted,
    needed,
    perSecond,
    expectedSeconds: facts.expectedSeconds ?? null,
    checks: readiness(experiment, facts),
  };
}
