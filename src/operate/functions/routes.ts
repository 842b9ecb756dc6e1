import type { Routes } from '../../access/route.ts';

/** Where the operations of functions are served. */
export const functionRoutes = {
  listFunctions: 'GET /api/functions',
  showFunction: 'GET /api/functions/:name',
  invokeFunction: 'POST /api/functions/:name/invoke',
  sendEvent: 'POST /api/functions/:name/events',
} as const satisfies Routes;
