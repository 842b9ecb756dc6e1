import type { Routes } from '../../access/route.ts';

/** The routes of the overview operations. */
export const overviewRoutes = {
  showOverview: 'GET /api/overview',
} as const satisfies Routes;
