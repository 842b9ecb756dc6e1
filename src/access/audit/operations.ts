import { z } from 'zod';
import type { StateEngine } from '../../engines/state/engine.ts';
import { defineOperations, operation } from '../operation.ts';
import { OUTCOMES } from './entry.ts';
import { lastBefore, listCalls } from './queries.ts';
import { auditRoutes } from './routes.ts';
import { auditCall, auditRow, verificationView } from './schema.ts';
import type { AuditLog } from './store.ts';

export interface AuditSources {
  state: StateEngine;
  log: AuditLog;
}

const MAX_CALLS = 500;
const MAX_ROWS = 2_000;
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-03T10:00:00Z' });

const filter = z.object({
  caller: z.string().optional().describe('name of the caller'),
  operation: z.string().optional(),
  outcome: z.enum(OUTCOMES).optional(),
  since: time.optional(),
  before: z.number().int().optional().describe('only calls with a smaller sequence; for the next page'),
  limit: z.number().int().min(1).max(MAX_CALLS).default(100),
});

export function auditOperations({ state, log }: AuditSources) {
  return defineOperations(auditRoutes, {
    listAudit: operation({
      summary: 'Calls that changed something or tried to, newest first',
      permission: 'audit',
      effect: 'reads',
      input: filter,
      output: z.object({ calls: z.array(auditCall), more: z.boolean() }),
      run: async ({ since, limit, ...rest }) => {
        const at = since === undefined ? undefined : new Date(since);
        const found = await listCalls(state, { ...rest, since: at, limit: limit + 1 });
        return { calls: found.slice(0, limit), more: found.length > limit };
      },
    }),
    verifyAudit: operation({
      summary: 'Verify the hash chain of the whole audit log',
      permission: 'audit',
      effect: 'reads',
      input: z.object({}),
      output: verificationView,
      run: async () => {
        const { head, fault } = await log.verify();
        return { intact: fault === null, rows: head.count, hash: head.hash, fault };
      },
    }),
    exportAudit: operation({
      summary: 'Rows of the audit log with their hashes, oldest first',
      permission: 'audit',
      effect: 'reads',
      input: z.object({
        after: z.number().int().min(0).default(0).describe('only rows with a larger sequence'),
        since: time.optional(),
        limit: z.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
      }),
      output: z.object({ rows: z.array(auditRow) }),
      run: async ({ after, since, limit }) => {
        const from = since === undefined ? after : Math.max(after, await lastBefore(state, new Date(since)));
        const rows = await log.rows(from, limit);
        return { rows: rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })) };
      },
    }),
  });
}
