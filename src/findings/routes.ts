import type { Routes } from '../access/route.ts';

/** The routes of the finding operations. */
export const findingRoutes = {
  listFindings: 'GET /api/findings',
} as const satisfies Routes;
