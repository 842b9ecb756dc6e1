import { z } from 'zod';
import { defineOperations, operation } from '../access/operation.ts';
import type { StateEngine } from '../engines/state/engine.ts';
import type { Finding } from './finding.ts';
import { findingRoutes } from './routes.ts';
import { type FindingView, findingView } from './schema.ts';
import { listFindings } from './store.ts';

export function findingOperations(state: StateEngine) {
  return defineOperations(findingRoutes, {
    listFindings: operation({
      summary: 'Findings of experiments, newest first; open until a re-run is supported',
      permission: 'read',
      effect: 'reads',
      input: z.object({}),
      output: z.object({ findings: z.array(findingView) }),
      run: async () => ({ findings: (await listFindings(state)).map(viewOf) }),
    }),
  });
}

function viewOf({ openedAt, closedAt, detail, ...rest }: Finding): FindingView {
  return { ...rest, openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, ...detail };
}
