import type { Routes } from '../../access/route.ts';

/** The routes of the function operations. */
export const functionRoutes = {
  listFunctions: 'GET /api/functions',
  showFunction: 'GET /api/functions/:name',
  invokeFunction: 'POST /api/functions/:name/invoke',
  sendEvent: 'POST /api/functions/:name/events',
} as const satisfies Routes;
