import type { Routes } from '../route.ts';

/** Where the operations of tokens are served. */
export const tokenRoutes = {
  listTokens: 'GET /api/tokens',
  createToken: 'POST /api/tokens',
  revokeToken: 'POST /api/tokens/:token/revoke',
} as const satisfies Routes;
