/**
 * Where each operation is served. Plain values without any schema, so that the dashboard can carry them; the tables of
 * operations are made with the same ones.
 */
import { auditRoutes } from '../access/audit/routes.ts';
import { accessRoutes } from '../access/sessions/routes.ts';
import { tokenRoutes } from '../access/tokens/routes.ts';
import { experimentRoutes } from '../experiments/routes.ts';
import { findingRoutes } from '../findings/routes.ts';
import { functionRoutes } from '../operate/functions/routes.ts';
import { overviewRoutes } from '../operate/overview/routes.ts';
import { productRoutes } from '../product/routes.ts';

export const routes = {
  ...accessRoutes,
  ...overviewRoutes,
  ...functionRoutes,
  ...experimentRoutes,
  ...findingRoutes,
  ...productRoutes,
  ...tokenRoutes,
  ...auditRoutes,
};
