import type { Routes } from '../../access/route.ts';

/** Where the operations of the overview are served. */
export const overviewRoutes = {
  showOverview: 'GET /api/overview',
} as const satisfies Routes;
