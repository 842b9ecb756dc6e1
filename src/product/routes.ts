import type { Routes } from '../access/route.ts';

/** Routes of the product operations. */
export const productRoutes = {
  showGrowth: 'GET /api/product/growth',
  showRetention: 'GET /api/product/retention',
  showAdoption: 'GET /api/product/adoption',
  listFeatures: 'GET /api/product/features',
} as const satisfies Routes;
