import type { Routes } from '../access/route.ts';

/** Where the operations of experiments are served. */
export const experimentRoutes = {
  listRuns: 'GET /api/experiments/runs',
  showRun: 'GET /api/experiments/runs/:runId',
  startRun: 'POST /api/experiments/runs',
  abortRun: 'POST /api/experiments/runs/:runId/abort',
  planRun: 'POST /api/experiments/plan',
} as const satisfies Routes;
