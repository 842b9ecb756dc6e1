/** The overview: it shows a little of everything, so it is handed what it needs of the other parts. */
import { DEFAULT_ENVIRONMENT } from '../../../sdk/src/core/environment.ts';
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import type { Health } from '../../engines/health.ts';
import { summaryOf } from '../../experiments/view.ts';
import { countOpenFindings } from '../../findings/store.ts';
import type { OverviewSources } from '../../operate/overview/operations.ts';
import { activePeople } from '../../product/queries.ts';
import type { Signals } from '../../signals/store.ts';
import type { Engines } from './engines.ts';
import type { Experiments } from './experiments.ts';
import type { Foundation } from './foundation.ts';

export interface OverviewParts {
  engines: Engines;
  compute: ComputeEngine;
  signals: Signals;
  experiments: Experiments;
}

export function overviewSources(
  { config }: Foundation,
  { engines: { state, events }, compute, signals, experiments: { store } }: OverviewParts,
): OverviewSources {
  return {
    demo: config.demo,
    compute,
    events,
    health: (): Promise<Health[]> => Promise.all([compute.health(), events.health(), state.health()]),
    ingestion: () => signals.lag(),
    runs: async () => (await store.list()).map(summaryOf),
    openFindings: () => countOpenFindings(state),
    people: async () => {
      const people = (days: number) => activePeople(events, DEFAULT_ENVIRONMENT, days);
      const [today, week] = await Promise.all([people(1), people(7)]);
      return { today, week };
    },
  };
}
