import type { Routes } from '../route.ts';

/** Where the operations of the audit log are served. */
export const auditRoutes = {
  listAudit: 'GET /api/audit',
  verifyAudit: 'GET /api/audit/verification',
  exportAudit: 'GET /api/audit/rows',
} as const satisfies Routes;
