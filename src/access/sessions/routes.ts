import type { Routes } from '../route.ts';

/** Where the operations of access are served. */
export const accessRoutes = {
  showSession: 'GET /api/session',
} as const satisfies Routes;
