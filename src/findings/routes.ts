import type { Routes } from '../access/route.ts';

/** Where the operations of findings are served. */
export const findingRoutes = {
  listFindings: 'GET /api/findings',
} as const satisfies Routes;
